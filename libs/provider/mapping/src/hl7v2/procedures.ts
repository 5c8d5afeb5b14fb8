import type { Hl7Segment } from '@samenhang/hl7v2';
import type { Procedure } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { entityKey } from './identifiers.js';
import { named } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { referToProfessional } from './professionals.js';

/** Fields of PR1 with who took part. */
const performerFields = [8, 11, 12] as const;

/** PR1: procedures of the visit. */
export function mapProcedures(segments: readonly Hl7Segment[], patient: PatientOfMessage, run: Hl7Run): void {
  for (const pr1 of named(segments, 'PR1')) {
    run.part(pr1, () => {
      mapProcedure(pr1, patient, run);
    });
  }
}

function mapProcedure(pr1: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const words = textOf(pr1.field(4));
  const code = readCodedField(pr1.field(3), run) ?? (words === undefined ? undefined : { text: words });
  if (code === undefined)
    throw new UnusablePart(
      'procedure-without-code',
      'The procedure has neither a code nor words',
      pr1.field(3).path,
    );
  if (words !== undefined) code.text ??= words;
  const performed = run.dateTime(pr1.field(5));
  const number = entityKey(pr1.field(19).repetition(1));
  const key = number ?? `${conceptKey(code)}|${performed ?? ''}`;
  const id = run.mapping.idOf('Procedure', `procedure:${patient.id}:${key}`);
  if (textOf(pr1.field(20))?.toUpperCase() === 'D') {
    run.mapping.delete('Procedure', id, patient.id);
    return;
  }
  const category = readCodedField(pr1.field(6), run, '0230');
  const performer = performerFields.flatMap((field) =>
    pr1.field(field).repetitions.flatMap((value) => {
      const actor = referToProfessional(value, run);
      return actor === undefined ? [] : [{ actor }];
    }),
  );
  const reason = readCodedField(pr1.field(15), run);
  const procedure: Procedure & { id: string } = {
    resourceType: 'Procedure',
    id,
    status: statusOf(performed, run),
    ...(category === undefined ? {} : { category }),
    code,
    subject: patientReference(patient),
    ...encounterElement(patient),
    ...(performed === undefined ? {} : { performedDateTime: performed }),
    ...(performer.length === 0 ? {} : { performer }),
    ...(reason === undefined ? {} : { reasonCode: [reason] }),
  };
  run.mapping.put(procedure, {
    patientId: patient.id,
    location: pr1.path,
    onlyIfAbsent: run.mentionsOnly,
  });
}

/** PR1 has no status. What was done before the message was written is done; what comes later is not. */
function statusOf(performed: string | undefined, run: Hl7Run): string {
  const written = run.dateTime(run.message.header.field(7));
  if (performed === undefined || written === undefined) return 'unknown';
  const length = Math.min(performed.length, written.length, 10);
  const [then, now] =
    performed.length > 10 && written.length > 10
      ? [Date.parse(performed), Date.parse(written)]
      : [performed.slice(0, length), written.slice(0, length)];
  return then <= now ? 'completed' : 'preparation';
}
