import { formatLocation, type Hl7Location } from './location.js';

/** HL7 table 0357, message error condition codes. */
export const errorConditions = {
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
} as const;

export type ErrorConditionCode = keyof typeof errorConditions;

/** Why a message cannot be read. The text never quotes content: it may end up in logs and acknowledgements. */
export class Hl7ParseError extends Error {
  constructor(
    readonly code: ErrorConditionCode,
    readonly location: Hl7Location,
    detail: string,
  ) {
    super(`${errorConditions[code]} at ${formatLocation(location)}: ${detail}`);
    this.name = 'Hl7ParseError';
  }

  get segment(): string {
    return this.location.segment;
  }
}
