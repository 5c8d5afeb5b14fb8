import type { Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { rejection } from '../source-message.js';
import { readCodedField } from './coded.js';
import { isEmbedded, readAttachments, type Attachment } from './embedded-documents.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { entityKey, identifierOf } from './identifiers.js';
import { firstNamed, named, onlyPatientGroup } from './patient-groups.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';
import { referToProfessional } from './professionals.js';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** What the document does with the one that TXA-13 names, by event. */
const relations: Readonly<Record<string, string>> = {
  T05: 'appends',
  T06: 'appends',
  T09: 'replaces',
  T10: 'replaces',
};

/**
 * MDM: a document as DocumentReference. A cancel (T11) takes the document away and nothing else. A notification without
 * content must not wipe out content that came before: it is put only where the document is not known yet.
 */
export function mapDocumentMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const txa = firstNamed(group.segments, 'TXA');
  if (txa === undefined)
    throw rejection('missing-segment', 'TXA', 'The message does not describe a document');
  const number = entityKey(txa.field(12).repetition(1));
  if (number === undefined)
    throw rejection('document-without-number', txa.field(12).path, 'The document has no number of its own');
  const patient = mapPerson(group, run, { withVisit: true });
  const id = documentId(number, patient, run);
  if (run.trigger === 'T11') {
    run.mapping.delete('DocumentReference', id, patient.id);
    return;
  }
  const content = contentOf(txa, group.segments, run);
  const isContent = content.some(({ data, url }) => data !== undefined || url !== undefined);
  if (!isContent && run.trigger !== 'T01')
    run.report(
      'warning',
      'document-without-content',
      txa,
      'The message changes a document without its content; it counts only where the document is not known yet',
    );
  run.mapping.put(
    {
      resourceType: 'DocumentReference',
      id,
      ...describe(txa, patient, run),
      content: content.map((attachment) => ({ attachment })),
      ...contextOf(patient),
    },
    { patientId: patient.id, location: txa.path, onlyIfAbsent: !isContent },
  );
}

function documentId(number: string, patient: PatientOfMessage, run: Hl7Run): string {
  return run.mapping.idOf('DocumentReference', `document:${patient.id}:${number}`);
}

function describe(txa: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): Record<string, unknown> {
  const { tables } = run.mapping;
  const master = identifierOf(txa.field(12).repetition(1), undefined, run);
  const type = readCodedField(txa.field(2), run, '0270');
  const date = run.dateTime(txa.field(6)) ?? run.dateTime(txa.field(4));
  const author = [9, 5].flatMap((field) =>
    txa.field(field).repetitions.flatMap((value) => referToProfessional(value, run) ?? []),
  );
  const authenticator = [22, 10]
    .flatMap((field) =>
      txa.field(field).repetitions.flatMap((value) => referToProfessional(value, run) ?? []),
    )
    .at(0);
  const docStatus = tables.findHl7('0271', textOf(txa.field(17)));
  const security = tables.findHl7('0272', textOf(txa.field(18)));
  const parent = entityKey(txa.field(13).repetition(1));
  const relation = relations[run.trigger];
  return {
    ...(master === undefined ? {} : { masterIdentifier: master }),
    status: tables.findHl7('0273', textOf(txa.field(19))) ?? 'current',
    ...(docStatus === undefined ? {} : { docStatus }),
    ...(type === undefined ? {} : { type }),
    subject: patientReference(patient),
    ...(date !== undefined && date.length > 19 ? { date } : {}),
    ...(author.length === 0 ? {} : { author: author.slice(0, 1) }),
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(parent === undefined || relation === undefined
      ? {}
      : {
          relatesTo: [
            {
              code: relation,
              target: {
                reference: `DocumentReference/${documentId(parent, patient, run)}`,
                type: 'DocumentReference',
              },
            },
          ],
        }),
    ...(security === undefined ? {} : { securityLabel: [concept(confidentiality, security)] }),
  };
}

/** What stands in OBX: documents as they are, lines of text as one text. */
function contentOf(txa: Hl7Segment, segments: readonly Hl7Segment[], run: Hl7Run): Attachment[] {
  const title = textOf(txa.field(25)) ?? textOf(txa.field(16));
  const contentType = run.mapping.tables.findHl7('0191', textOf(txa.field(3)));
  const attachments: Attachment[] = [];
  const lines: string[] = [];
  for (const obx of named(segments, 'OBX')) {
    run.part(obx, () => {
      if (isEmbedded({ obx }))
        attachments.push(...readAttachments(obx, readCodedField(obx.field(3), run), run));
      else lines.push(...obx.field(5).repetitions.map((value) => value.fullText ?? ''));
    });
  }
  if (lines.some((line) => line.trim() !== '')) {
    const data = Buffer.from(lines.join('\n'), 'utf8').toString('base64');
    attachments.unshift({ contentType: 'text/plain; charset=utf-8', data });
  }
  if (attachments.length === 0) attachments.push({ ...(contentType === undefined ? {} : { contentType }) });
  return attachments.map((attachment) => {
    const named = title === undefined ? attachment : { ...attachment, title };
    return Object.keys(named).length === 0 ? { title: 'document' } : named;
  });
}

function contextOf({ encounterId }: PatientOfMessage): Record<string, unknown> {
  if (encounterId === undefined) return {};
  return { context: { encounter: [{ reference: `Encounter/${encounterId}`, type: 'Encounter' }] } };
}
