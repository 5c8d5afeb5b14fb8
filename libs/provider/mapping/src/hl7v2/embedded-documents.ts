import type { Hl7Repetition, Hl7Segment, ObservationResult } from '@samenhang/hl7v2';
import type { CodeableConcept } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { patientReference } from './patient-of-message.js';
import { momentOf, type Order } from './results.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MIME = /^[a-z]+\/[a-z0-9.+-]+$/;

export interface Attachment {
  contentType?: string;
  data?: string;
  url?: string;
  title?: string;
}

export function isEmbedded({ obx }: { readonly obx: Hl7Segment }): boolean {
  return ['ED', 'RP'].includes(textOf(obx.field(2))?.toUpperCase() ?? '');
}

/** Puts out the documents among results, and returns the others. */
export function mapDocumentsAmong(
  results: readonly ObservationResult[],
  order: Order,
  run: Hl7Run,
): ObservationResult[] {
  return results.filter((result) => {
    if (!isEmbedded(result) || !result.obx.field(5).hasValue) return true;
    run.part(result.obx, () => {
      mapEmbeddedDocument(result.obx, order, run);
    });
    return false;
  });
}

/** A document in or at a result (OBX of type ED or RP). */
function mapEmbeddedDocument(obx: Hl7Segment, order: Order, run: Hl7Run): void {
  const type = readCodedField(obx.field(3), run);
  const content = readAttachments(obx, type, run).map((attachment) => ({ attachment }));
  const subId = textOf(obx.field(4)) ?? '';
  const key = `${order.key}|${type === undefined ? '' : conceptKey(type)}|${subId}`;
  const moment = momentOf(obx, order, run).effectiveDateTime;
  const status = run.mapping.tables.findHl7('0085', textOf(obx.field(11)));
  const id = run.mapping.idOf('DocumentReference', key);
  if (status === 'deleted') {
    run.mapping.delete('DocumentReference', id, order.patient.id);
    return;
  }
  const encounter = order.patient.encounterId;
  run.mapping.put(
    {
      resourceType: 'DocumentReference',
      id,
      status: status === 'entered-in-error' ? status : 'current',
      ...(status === 'final' || status === 'preliminary' || status === 'amended'
        ? { docStatus: status }
        : {}),
      ...(type === undefined ? {} : { type }),
      subject: patientReference(order.patient),
      ...(moment !== undefined && moment.length > 19 ? { date: moment } : {}),
      content,
      ...(encounter === undefined
        ? {}
        : { context: { encounter: [{ reference: `Encounter/${encounter}`, type: 'Encounter' }] } }),
    },
    { patientId: order.patient.id, location: obx.path },
  );
}

/** @throws UnusablePart when the document cannot be taken out of the message as it was put in */
export function readAttachments(
  obx: Hl7Segment,
  title: CodeableConcept | undefined,
  run: Hl7Run,
): Attachment[] {
  const isPointer = textOf(obx.field(2))?.toUpperCase() === 'RP';
  return obx.field(5).repetitions.map((value) => {
    const attachment = isPointer ? readPointer(value, run) : readEncapsulated(value, run);
    return title?.text === undefined ? attachment : { ...attachment, title: title.text };
  });
}

/** ED: type and subtype of data, encoding, data. */
function readEncapsulated(value: Hl7Repetition, run: Hl7Run): Attachment {
  const data = value.component(5).text ?? '';
  const encoding = textOf(value.component(4))?.toUpperCase() ?? 'BASE64';
  const contentType = contentTypeOf(value, 2, 3, run);
  return { ...(contentType === undefined ? {} : { contentType }), data: toBase64(data, encoding, value) };
}

function toBase64(data: string, encoding: string, value: Hl7Repetition): string {
  if (encoding === 'BASE64') {
    const compact = data.replace(/\s/g, '');
    if (compact !== '' && BASE64.test(compact)) return compact;
  } else if (encoding === 'HEX') {
    const compact = data.replace(/\s/g, '');
    if (compact !== '' && /^(?:[0-9a-f]{2})+$/i.test(compact))
      return Buffer.from(compact, 'hex').toString('base64');
  } else if (encoding === 'A' && data !== '') return Buffer.from(data, 'utf8').toString('base64');
  throw new UnusablePart(
    'unreadable-document',
    'The document is not encoded as it says and is not used',
    value.component(5).path,
  );
}

/** RP: pointer, application, type and subtype of data. */
function readPointer(value: Hl7Repetition, run: Hl7Run): Attachment {
  const pointer = value.component(1).text?.trim() ?? '';
  const contentType = contentTypeOf(value, 3, 4, run);
  if (pointer === '' || /\s/.test(pointer))
    throw new UnusablePart('unreadable-document', 'The reference to the document is no address', value.path);
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(pointer);
  const url = isAddress ? pointer : `${run.mapping.sourceUri}/document/${encodeURIComponent(pointer)}`;
  return { ...(contentType === undefined ? {} : { contentType }), url };
}

/** The MIME type, of a subtype as table 0291 has it or of a type and subtype that make one. */
export function contentTypeOf(
  value: Hl7Repetition,
  type: number,
  subtype: number,
  run: Hl7Run,
): string | undefined {
  const [main, sub] = [type, subtype].map((number) => textOf(value.component(number)));
  const known = run.mapping.tables.findHl7('0291', sub);
  if (known !== undefined) return known;
  const [whole, pair] = [main?.toLowerCase() ?? '', `${main ?? ''}/${sub ?? ''}`.toLowerCase()];
  if (MIME.test(whole)) return whole;
  return /^(?:application|audio|image|text|video|multipart)\//.test(pair) && MIME.test(pair)
    ? pair
    : undefined;
}
