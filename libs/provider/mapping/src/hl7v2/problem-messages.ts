import type { Hl7Segment } from '@samenhang/hl7v2';
import { rejection } from '../source-message.js';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Condition } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { entityKey } from './identifiers.js';
import { mapResults } from './observations.js';
import { partsOfOrder } from './order-groups.js';
import { wordsOfNotes } from './order-states.js';
import { bodyOf, named, onlyPatientGroup } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';

interface Statement {
  readonly head: Hl7Segment;
  readonly members: readonly Hl7Segment[];
}

/** PPR^PC1–PC3: problems with their goals. */
export function mapProblemMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const patient = mapPerson(group, run, { withVisit: true });
  const statements = statementsOf(bodyOf(group));
  for (const { head, members } of statements) {
    run.part(head, () => {
      if (head.name === 'PRB') mapProblem(head, members, patient, run);
      else mapGoal(head, members, patient, run);
    });
  }
  if (!statements.some(({ head }) => head.name === 'PRB'))
    throw rejection('missing-segment', 'PRB', 'The message has no problem');
}

function statementsOf(segments: readonly Hl7Segment[]): Statement[] {
  const statements: { head: Hl7Segment; members: Hl7Segment[] }[] = [];
  for (const segment of segments) {
    if (segment.name === 'PRB' || segment.name === 'GOL') statements.push({ head: segment, members: [] });
    else statements.at(-1)?.members.push(segment);
  }
  return statements;
}

function mapProblem(
  prb: Hl7Segment,
  members: readonly Hl7Segment[],
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  const code = readCodedField(prb.field(3), run);
  if (code === undefined)
    throw new UnusablePart(
      'problem-without-code',
      'The problem has neither a code nor words',
      prb.field(3).path,
    );
  const key = entityKey(prb.field(4).repetition(1)) ?? conceptKey(code);
  const id = run.mapping.idOf('Condition', `problem:${patient.id}:${key}`);
  if (isDeleted(prb, run)) {
    run.mapping.delete('Condition', id, patient.id);
    return;
  }
  const { tables } = run.mapping;
  const [established, resolved, onset] = [7, 9, 16].map((field) => run.dateTime(prb.field(field)));
  const clinical =
    tables.findHl7('clinical-status', codeOrWords(prb, 14)) ??
    (resolved === undefined ? undefined : 'resolved');
  const verification = tables.findHl7('verification-status', codeOrWords(prb, 13));
  const severity = readCodedField(prb.field(26), run);
  const onsetText = textOf(prb.field(17));
  const note = wordsOfNotes(named(members, 'NTE'));
  const condition: Condition & { id: string } = {
    resourceType: 'Condition',
    id,
    ...(clinical === undefined ? {} : { clinicalStatus: concept(codeSystems.conditionClinical, clinical) }),
    ...(verification === undefined
      ? {}
      : { verificationStatus: concept(codeSystems.conditionVerification, verification) }),
    category: [concept(codeSystems.conditionCategory, 'problem-list-item')],
    ...(severity === undefined ? {} : { severity }),
    code,
    subject: patientReference(patient),
    ...encounterElement(patient),
    ...(onset === undefined
      ? onsetText === undefined
        ? {}
        : { onsetString: onsetText }
      : { onsetDateTime: onset }),
    ...(resolved === undefined ? {} : { abatementDateTime: resolved }),
    ...(established === undefined ? {} : { recordedDate: established }),
    ...(note === undefined ? {} : { note: [{ text: note }] }),
  };
  run.mapping.put(condition, { patientId: patient.id, location: prb.path });
  const observed = { key: `problem:${id}`, obr: undefined, orc: undefined, patient, basedOn: {} };
  mapResults(partsOfOrder(members).results, observed, run);
}

/** PC3 takes a problem away, and so does the action DE; "unlink" ends its part in the problem list. */
function isDeleted(segment: Hl7Segment, run: Hl7Run): boolean {
  const action = textOf(segment.field(1))?.toUpperCase();
  return action === 'DE' || action === 'UN' || (run.trigger === 'PC3' && action !== 'UC');
}

/** Status fields have no table of HL7's: a code, or a word where the code is not known. */
function codeOrWords(segment: Hl7Segment, field: number): string | undefined {
  return textOf(segment.field(field).component(1)) ?? textOf(segment.field(field).component(2));
}

function mapGoal(
  gol: Hl7Segment,
  members: readonly Hl7Segment[],
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  const description = readCodedField(gol.field(3), run);
  if (description === undefined)
    throw new UnusablePart('goal-without-description', 'The goal does not say what it is', gol.field(3).path);
  const key = entityKey(gol.field(4).repetition(1)) ?? conceptKey(description);
  const id = run.mapping.idOf('Goal', `goal:${patient.id}:${key}`);
  if (isDeleted(gol, run)) {
    run.mapping.delete('Goal', id, patient.id);
    return;
  }
  const start = run.dateTime(gol.field(7))?.slice(0, 10);
  const due = run.dateTime(gol.field(9))?.slice(0, 10);
  const note = wordsOfNotes(named(members, 'NTE'));
  run.mapping.put(
    {
      resourceType: 'Goal',
      id,
      lifecycleStatus: run.mapping.tables.findHl7('goal-status', codeOrWords(gol, 18)) ?? 'active',
      description,
      subject: patientReference(patient),
      ...(start === undefined ? {} : { startDate: start }),
      ...(due === undefined ? {} : { target: [{ dueDate: due }] }),
      ...(note === undefined ? {} : { note: [{ text: note }] }),
    },
    { patientId: patient.id, location: gol.path },
  );
}
