import type { Hl7Field, Hl7Segment } from '@samenhang/hl7v2';
import { codeSpecification, concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { AllergyIntolerance, CodeableConcept } from '../fhir-types.js';
import { readCodedField, readCodedOrText } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';

interface AllergyFields {
  readonly type: Hl7Field;
  readonly code: Hl7Field;
  readonly severity: Hl7Field;
  readonly reaction: Hl7Field;
}

/** AL1: an allergy as part of the patient's data. */
export function mapAl1(al1: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const fields = { type: al1.field(2), code: al1.field(3), severity: al1.field(4), reaction: al1.field(5) };
  const allergy = buildAllergy(fields, patient, run, undefined);
  const onset = run.dateTime(al1.field(6));
  if (onset !== undefined) allergy['onsetDateTime'] = onset;
  putAllergy(allergy, al1, patient, run);
}

/** IAM: an allergy that can be updated and deleted by itself. */
export function mapIam(iam: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const fields = { type: iam.field(2), code: iam.field(3), severity: iam.field(4), reaction: iam.field(5) };
  const allergy = buildAllergy(fields, patient, run, textOf(iam.field(7)));
  if (textOf(iam.field(6))?.toUpperCase() === 'D') {
    run.mapping.delete('AllergyIntolerance', allergy.id, patient.id);
    return;
  }
  const status = textOf(iam.field(17))?.toUpperCase();
  const verification = run.mapping.tables.findHl7('0438', status);
  if (verification !== undefined)
    allergy.verificationStatus = concept(codeSystems.allergyVerification, verification);
  if (status === 'I') allergy.clinicalStatus = concept(codeSystems.allergyClinical, 'inactive');
  const kind = run.mapping.tables.findHl7('0436', textOf(iam.field(9)));
  if (kind !== undefined) allergy['type'] = kind;
  const onset = run.dateTime(iam.field(11));
  if (onset !== undefined) allergy['onsetDateTime'] = onset;
  const recorded = run.dateTime(iam.field(13));
  if (recorded !== undefined) allergy['recordedDate'] = recorded;
  putAllergy(allergy, iam, patient, run);
}

function putAllergy(
  allergy: AllergyIntolerance & { id: string },
  segment: Hl7Segment,
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  // IAM-6 X: "no change", sent along for reference.
  const isUnchanged = segment.name === 'IAM' && textOf(segment.field(6))?.toUpperCase() === 'X';
  run.mapping.put(allergy, {
    patientId: patient.id,
    location: segment.path,
    onlyIfAbsent: run.mentionsOnly || isUnchanged,
  });
}

function buildAllergy(
  fields: AllergyFields,
  patient: PatientOfMessage,
  run: Hl7Run,
  number: string | undefined,
): AllergyIntolerance & { id: string } {
  const code = readCodedField(fields.code, run);
  if (code === undefined)
    throw new UnusablePart('allergy-without-substance', 'The allergy does not say to what', fields.code.path);
  const key = number === undefined ? conceptKey(code) : `number:${number}`;
  const allergy: AllergyIntolerance & { id: string } = {
    resourceType: 'AllergyIntolerance',
    id: run.mapping.idOf('AllergyIntolerance', `allergy:${patient.id}:${key}`),
    code,
    patient: patientReference(patient),
  };
  const category = run.mapping.tables.findHl7('0127', textOf(fields.type));
  if (category !== undefined) allergy.category = [category];
  addSeverity(allergy, fields, run);
  return allergy;
}

/** AL1-4 is the severity of the allergy: as a whole (criticality) and of the reactions that stand beside it. */
function addSeverity(allergy: AllergyIntolerance, fields: AllergyFields, run: Hl7Run): void {
  const stated = textOf(fields.severity);
  const [severity, criticality, zib] = run.mapping.tables.findHl7('0128', stated)?.split(' ') ?? [];
  if (criticality !== undefined && zib !== undefined) {
    allergy.criticality = criticality;
    allergy._criticality = codeSpecification(codeSystems.snomed, zib);
  } else if (stated !== undefined && stated.toUpperCase() !== 'U') {
    run.reportUnmapped(
      'unmapped-severity',
      '0128',
      fields.severity,
      'The severity is no code of HL7 table 0128 and is left out',
    );
  }
  const manifestation = fields.reaction.repetitions.flatMap((value) => readCodedOrText(value, run) ?? []);
  if (manifestation.length === 0) return;
  allergy.reaction = [{ manifestation, ...(severity === undefined ? {} : { severity }) }];
}

/** What a concept is known by: its first code, else its words. */
export function conceptKey(concept: CodeableConcept): string {
  const coding = concept.coding?.[0];
  return coding === undefined
    ? `text:${(concept.text ?? '').toLowerCase()}`
    : `${coding.system ?? ''}|${coding.code ?? ''}`;
}
