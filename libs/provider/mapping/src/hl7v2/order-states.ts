import type { Hl7Segment } from '@samenhang/hl7v2';
import type { Reference } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import type { OrderGroup } from './order-groups.js';
import { entityKey } from './identifiers.js';
import { referToProfessional } from './professionals.js';

/**
 * Status of a prescription: what the order control (ORC-1) does to it, else the order status (ORC-5), else it holds. A cancel
 * ends that one order and nothing else.
 */
export function requestStatus(orc: Hl7Segment | undefined, run: Hl7Run): string {
  if (orc === undefined) return 'active';
  const { tables } = run.mapping;
  return (
    tables.findHl7('0119', textOf(orc.field(1))) ?? tables.findHl7('0038', textOf(orc.field(5))) ?? 'active'
  );
}

/** ServiceRequest has one word for an order that was cancelled or stopped. */
export function serviceStatus(orc: Hl7Segment | undefined, run: Hl7Run): string {
  const status = requestStatus(orc, run);
  return status === 'cancelled' || status === 'stopped' ? 'revoked' : status;
}

/**
 * What an order is known by: its number, else what the message has of it. Without a number a correction of it would be
 * another order; that is reported.
 */
export function orderKeyOf(order: OrderGroup, detail: Hl7Segment, run: Hl7Run): string {
  const number = orderNumber(order.orc, detail.name === 'OBR' ? detail : undefined);
  if (number !== undefined) return number;
  run.report(
    'warning',
    'no-stable-identity',
    order.orc ?? detail,
    'The order has no number: a correction of it would be another order',
  );
  return `message ${run.message.controlId ?? ''} ${detail.path}`;
}

/** The number an order is known by at both sides: the placer's, else the filler's. */
export function orderNumber(orc: Hl7Segment | undefined, detail?: Hl7Segment): string | undefined {
  const fields = [orc?.field(2), detail?.field(2), orc?.field(3), detail?.field(3)];
  for (const field of fields) {
    const number = field === undefined ? undefined : entityKey(field.repetition(1));
    if (number !== undefined) return number;
  }
  return undefined;
}

export function requesterOf(orc: Hl7Segment | undefined, run: Hl7Run): Reference | undefined {
  return orc === undefined ? undefined : referToProfessional(orc.field(12).repetition(1), run);
}

/** NTE as one text. */
export function wordsOfNotes(notes: readonly Hl7Segment[]): string | undefined {
  const text = notes
    .flatMap((nte) => nte.field(3).repetitions.map((value) => value.fullText ?? ''))
    .join('\n')
    .trim();
  return text === '' ? undefined : text;
}
