import type { Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Condition, Encounter, Reference } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { named } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { referToProfessional } from './professionals.js';
import { entityKey } from './identifiers.js';

export type EncounterDiagnosis = NonNullable<Encounter['diagnosis']>[number];

/** Role of the diagnosis in the encounter, by diagnosis type (table 0052). */
const diagnosisRole: Readonly<Record<string, string>> = { A: 'AD', W: 'CM', F: 'DD' };

/**
 * DG1 as a Problem: a diagnosis made in this visit. DG1-5 is when it was made, which is not when the disorder began. A
 * deleted diagnosis (DG1-21 = D) takes the Condition away. Returns its place in the visit.
 */
export function mapDiagnosis(
  dg1: Hl7Segment,
  patient: PatientOfMessage,
  run: Hl7Run,
): EncounterDiagnosis | undefined {
  const code = readCodedField(dg1.field(3), run) ?? wordsOf(dg1);
  if (code === undefined)
    throw new UnusablePart(
      'diagnosis-without-code',
      'The diagnosis has neither a code nor words',
      dg1.field(3).path,
    );
  const key = entityKey(dg1.field(20).repetition(1)) ?? `${conceptKey(code)}`;
  const id = run.mapping.idOf('Condition', `diagnosis:${patient.id}:${key}`);
  if (textOf(dg1.field(21))?.toUpperCase() === 'D') {
    run.mapping.delete('Condition', id, patient.id);
    return undefined;
  }
  const type = textOf(dg1.field(6))?.toUpperCase() ?? '';
  const verification = run.mapping.tables.findHl7('0052', type);
  const made = run.dateTime(dg1.field(5));
  const asserter = referToProfessional(dg1.field(16).repetition(1), run);
  const condition: Condition & { id: string } = {
    resourceType: 'Condition',
    id,
    ...(made === undefined ? {} : { extension: [{ url: extensionUrls.assertedDate, valueDateTime: made }] }),
    ...(verification === undefined
      ? {}
      : { verificationStatus: concept(codeSystems.conditionVerification, verification) }),
    category: [concept(codeSystems.conditionCategory, 'encounter-diagnosis')],
    code,
    subject: patientReference(patient),
    ...encounterElement(patient),
    ...(made === undefined ? {} : { recordedDate: made }),
    ...(asserter === undefined ? {} : { asserter }),
  };
  run.mapping.put(condition, { patientId: patient.id, location: dg1.path, onlyIfAbsent: run.mentionsOnly });
  return placeInEncounter(dg1, id, type);
}

function placeInEncounter(dg1: Hl7Segment, id: string, type: string): EncounterDiagnosis {
  const rank = Number(textOf(dg1.field(15)) ?? '0');
  const role = diagnosisRole[type];
  return {
    condition: { reference: `Condition/${id}`, type: 'Condition' },
    ...(role === undefined
      ? {}
      : { use: concept('http://terminology.hl7.org/CodeSystem/diagnosis-role', role) }),
    ...(Number.isInteger(rank) && rank > 0 ? { rank } : {}),
  };
}

/** DG1-4, the description of old versions, for a diagnosis without a code. */
function wordsOf(dg1: Hl7Segment): Condition['code'] {
  const text = textOf(dg1.field(4));
  return text === undefined ? undefined : { text };
}

/** Diagnoses within the order are why it was given. */
export function diagnosesOf(
  members: readonly Hl7Segment[],
  patient: PatientOfMessage,
  run: Hl7Run,
): Reference[] {
  const references: Reference[] = [];
  for (const dg1 of named(members, 'DG1')) {
    run.part(dg1, () => {
      const diagnosis = mapDiagnosis(dg1, patient, run);
      if (diagnosis !== undefined) references.push(diagnosis.condition);
    });
  }
  return references;
}
