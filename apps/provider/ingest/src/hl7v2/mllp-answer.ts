import { randomBytes } from 'node:crypto';
import {
  buildAcknowledgement,
  type AcknowledgementError,
  type AcknowledgementOutcome,
  type Hl7Delimiters,
  type Hl7ParseError,
  type Hl7Segment,
} from '@samenhang/hl7v2';
import type { Hl7Reading } from './read-hl7.js';

const notStored = { code: '207', text: 'The message could not be stored; send it again later' } as const;

/** The answer to a message which is safely stored, or undefined when the sender wants none. */
export function answerStored(reading: Hl7Reading, at: Date): Buffer | undefined {
  return reading.error === undefined
    ? answer(reading, 'accepted', [], at)
    : answer(reading, 'refused', [toError(reading.error)], at);
}

/** The answer to a message which could not be stored: the sender keeps it and sends it again. */
export function answerNotStored(reading: Hl7Reading, at: Date): Buffer | undefined {
  return answer(reading, 'failed', [notStored], at);
}

/** The answer to a batch that is refused whole. It names the batch, as there is no message to name. */
export function answerBatchRefused(
  found: { readonly header: Hl7Segment; readonly delimiters: Hl7Delimiters } | undefined,
  error: Hl7ParseError | undefined,
  at: Date,
): Buffer | undefined {
  return buildAcknowledgement({
    outcome: error === undefined ? 'failed' : 'refused',
    header: undefined,
    delimiters: found?.delimiters,
    reference: found?.header.field(11).octets,
    errors: [error === undefined ? notStored : toError(error)],
    controlId: createControlId(),
    at,
  });
}

const prefix = randomBytes(5).toString('hex').toUpperCase();
let answers = 0;

/** Twenty characters, the length that v2.5 grants MSH-10: random for the process, counted within it. */
export function createControlId(): string {
  return prefix + (answers++).toString(36).toUpperCase().padStart(10, '0');
}

function answer(
  { header, delimiters }: Hl7Reading,
  outcome: AcknowledgementOutcome,
  errors: readonly AcknowledgementError[],
  at: Date,
): Buffer | undefined {
  return buildAcknowledgement({ outcome, header, delimiters, errors, controlId: createControlId(), at });
}

function toError({ code, location, message }: Hl7ParseError): AcknowledgementError {
  return { code, location, text: message };
}
