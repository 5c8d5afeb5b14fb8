import { randomBytes } from 'node:crypto';
import {
  buildAcknowledgement,
  encodeMllpFrame,
  type AcknowledgementError,
  type AcknowledgementOutcome,
} from '@samenhang/hl7v2';
import type { Hl7Reading } from './read-hl7.js';

/** The frame that answers a message which is safely stored, or undefined when the sender wants none. */
export function answerStored(reading: Hl7Reading, at: Date): Buffer | undefined {
  if (reading.error === undefined) return answer(reading, 'accepted', [], at);
  const { code, location, message } = reading.error;
  return answer(reading, 'refused', [{ code, location, text: message }], at);
}

/** The frame that answers a message which could not be stored: the sender keeps it and sends it again. */
export function answerNotStored(reading: Hl7Reading, at: Date): Buffer | undefined {
  const error = { code: '207', text: 'The message could not be stored; send it again later' } as const;
  return answer(reading, 'failed', [error], at);
}

function answer(
  reading: Hl7Reading,
  outcome: AcknowledgementOutcome,
  errors: readonly AcknowledgementError[],
  at: Date,
): Buffer | undefined {
  const { header, delimiters } = reading;
  // Twenty characters: the length that v2.5 grants MSH-10.
  const controlId = randomBytes(10).toString('hex').toUpperCase();
  const content = buildAcknowledgement({ outcome, header, delimiters, errors, controlId, at });
  return content === undefined ? undefined : encodeMllpFrame(content);
}
