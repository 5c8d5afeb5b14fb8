import type { Hl7Message } from './message.js';
import { Hl7ParseError, type ErrorConditionCode } from './parse-error.js';

/**
 * What a message needs before anyone can take it: a type, an identity and a version we read. Processing id and the
 * rest are required by the standard too, but their absence makes nothing ambiguous.
 *
 * @throws Hl7ParseError
 */
export function assertHeader(message: Hl7Message): void {
  if (message.type.code === undefined) throw headerError('101', 9, 'the message type is missing');
  if (message.controlId === undefined) throw headerError('101', 10, 'the message control id is missing');
  const version = message.version;
  if (version === undefined) throw headerError('101', 12, 'the version is missing');
  if (!/^2(?:\.\d){1,2}$/.test(version)) throw headerError('203', 12, 'only versions 2.x are read');
}

function headerError(code: ErrorConditionCode, field: number, detail: string): Hl7ParseError {
  return new Hl7ParseError(code, { segment: 'MSH', sequence: 1, field }, detail);
}
