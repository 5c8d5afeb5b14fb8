import { echo, formatTimestamp, trimEnd } from './acknowledgement.js';
import type { Hl7Batch } from './batch.js';
import { encodingCharacters } from './delimiters.js';
import type { Hl7Segment } from './segment.js';
import { toNarrow, toWide } from './wide-text.js';

export interface BatchAnswer {
  readonly batch: Hl7Batch;
  /** For each group the answers to its messages, in their order; a message that wants none has none. */
  readonly answers: readonly (readonly Buffer[])[];
  /** Gives BHS-11 or FHS-11 of the answer. */
  createControlId(): string;
  readonly at: Date;
}

/**
 * The batch that answers a batch (HL7 v2.5 §2.10.3.3): the acknowledgement of each message, in the same envelope, with
 * sender and receiver swapped and the control id of what is answered in field 12. Undefined when no message wants one.
 */
export function buildBatchAcknowledgement(answer: BatchAnswer): Buffer | undefined {
  const { batch, answers } = answer;
  if (answers.every((group) => group.length === 0)) return undefined;
  const parts: Buffer[] = [];
  const line = (fields: readonly string[]): void => {
    parts.push(Buffer.from(trimEnd(fields).join(batch.delimiters.field) + '\r', 'latin1'));
  };
  if (batch.file !== undefined) line(envelopeHeader(batch.file, answer));
  batch.groups.forEach(({ header }, index) => {
    const group = answers[index] ?? [];
    if (header !== undefined) line(envelopeHeader(header, answer));
    // Inside the envelope everything is in its form; the whole is made wide again.
    parts.push(...group.map((one) => toNarrow(one, false).bytes));
    if (header !== undefined) line(['BTS', String(group.length)]);
  });
  if (batch.file !== undefined) line(['FTS', String(batch.groups.length)]);
  const content = Buffer.concat(parts);
  const wide = (batch.file ?? batch.groups[0]?.header)?.wide;
  return wide === undefined ? content : toWide(content, wide);
}

function envelopeHeader(header: Hl7Segment, { batch, createControlId, at }: BatchAnswer): string[] {
  const characters = encodingCharacters(batch.delimiters);
  const parties = [echo(header, 5), echo(header, 6), echo(header, 3), echo(header, 4)];
  const references = ['', '', '', createControlId(), echo(header, 11)];
  return [header.name, characters, ...parties, formatTimestamp(at), ...references];
}
