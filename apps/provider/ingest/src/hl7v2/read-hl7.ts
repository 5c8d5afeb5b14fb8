import {
  assertHeader,
  findHeader,
  formatLocation,
  Hl7ParseError,
  parseMessage,
  type Hl7Delimiters,
  type Hl7Message,
  type Hl7Segment,
} from '@samenhang/hl7v2';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { hashContent } from '../intake/content-hash.js';
import type { Arrival } from '../intake/arrival.js';
import type { Source } from '../sources/source.js';
import { hl7OrderingKey, orderingKeyOfSource } from './hl7-ordering-key.js';

/** A message as read at the door: what to store, and what its acknowledgement needs. */
export interface Hl7Reading {
  readonly arrival: Arrival;
  readonly header: Hl7Segment | undefined;
  readonly delimiters: Hl7Delimiters | undefined;
  readonly error: Hl7ParseError | undefined;
}

/** Reads as much as the door needs: is it a message, whose is it, and who must be answered. Mapping comes later. */
export function readHl7(
  content: Buffer,
  source: Source,
  keyring: PatientKeyring,
  receivedAt: Date,
): Hl7Reading {
  try {
    const message = parseMessage(content, { defaultCharset: source.declaration.settings.defaultCharset });
    assertHeader(message);
    const orderingKey = hl7OrderingKey(message, source, keyring);
    const arrival = toArrival(content, source, receivedAt, orderingKey, message);
    return { arrival, header: message.header, delimiters: message.delimiters, error: undefined };
  } catch (error) {
    if (!(error instanceof Hl7ParseError)) throw error;
    return readRefused(content, source, keyring, receivedAt, error);
  }
}

/** A message that cannot be read: kept whole, with the reason, and answered by what its header tells. */
export function readRefused(
  content: Buffer,
  source: Source,
  keyring: PatientKeyring,
  receivedAt: Date,
  error: Hl7ParseError,
): Hl7Reading {
  const found = findHeader(content);
  const base = toArrival(content, source, receivedAt, orderingKeyOfSource(source, keyring), undefined);
  const arrival: Arrival = {
    ...base,
    controlId: printable(found?.header.field(10).text),
    refusal: { code: error.code, location: formatLocation(error.location), text: error.message },
  };
  return { arrival, header: found?.header, delimiters: found?.delimiters, error };
}

function toArrival(
  content: Buffer,
  source: Source,
  receivedAt: Date,
  orderingKey: string,
  message: Hl7Message | undefined,
): Arrival {
  return {
    source,
    format: 'hl7v2',
    content,
    contentHash: hashContent(content),
    controlId: printable(message?.controlId),
    orderingKey,
    receivedAt,
    refusal: undefined,
  };
}

/** A control id for display: no control characters (a text column refuses NUL), and no longer than the standard allows. */
function printable(controlId: string | undefined): string | undefined {
  return controlId?.replace(/\p{Cc}/gu, '').slice(0, 199);
}
