import { findEncoding } from './charset.js';
import { encodingCharacters, standardDelimiters, type Hl7Delimiters } from './delimiters.js';
import { escapeText } from './escape.js';
import { encodeLocation, type Hl7Location } from './location.js';
import { errorConditions, type ErrorConditionCode } from './parse-error.js';
import type { Hl7Segment } from './segment.js';
import { toWide } from './wide-text.js';

/** HL7 table 0008. */
export type AcknowledgementCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** How a message fared: taken; failed here (sending again may help); refused (sending the same again will not help). */
export type AcknowledgementOutcome = 'accepted' | 'failed' | 'refused';

export interface AcknowledgementError {
  readonly code: ErrorConditionCode;
  readonly location?: Hl7Location;
  /** For people; no patient data. */
  readonly text: string;
}

export interface AcknowledgementRequest {
  readonly outcome: AcknowledgementOutcome;
  /** Header of the message that is answered; undefined when it had none that can be read. */
  readonly header: Hl7Segment | undefined;
  readonly delimiters?: Hl7Delimiters | undefined;
  /** MSA-2 where there is no header: the control id of a batch, as sent. */
  readonly reference?: string | undefined;
  readonly errors?: readonly AcknowledgementError[];
  /** MSH-10 of the answer. */
  readonly controlId: string;
  readonly at: Date;
}

const originalCodes = { accepted: 'AA', failed: 'AE', refused: 'AR' } as const;
const acceptCodes = { accepted: 'CA', failed: 'CE', refused: 'CR' } as const;

/**
 * Which acknowledgement the sender asks for (HL7 v2.5 §2.9). Neither MSH-15 nor MSH-16: original mode, always an answer.
 * Otherwise enhanced mode: MSH-15 says when it wants an accept acknowledgement, and an application acknowledgement is
 * given in its place only when MSH-15 wants none and MSH-16 wants one. Undefined: the sender wants no answer.
 */
export function acknowledgementCode(
  outcome: AcknowledgementOutcome,
  header: Hl7Segment | undefined,
): AcknowledgementCode | undefined {
  const accept = header?.field(15).text;
  const application = header?.field(16).text;
  if (accept === undefined && application === undefined) return originalCodes[outcome];
  if (isWanted(accept, outcome)) return acceptCodes[outcome];
  return accept !== 'AL' && isWanted(application, outcome) && !isConditional(accept)
    ? originalCodes[outcome]
    : undefined;
}

/** HL7 table 0155: always, never, errors only, successes only. */
function isWanted(condition: string | undefined, outcome: AcknowledgementOutcome): boolean {
  switch (condition) {
    case 'AL':
      return true;
    case 'ER':
      return outcome !== 'accepted';
    case 'SU':
      return outcome === 'accepted';
    default:
      return false;
  }
}

function isConditional(condition: string | undefined): boolean {
  return condition === 'ER' || condition === 'SU';
}

/** The answer to a message as bytes, in its delimiters, version and character set; undefined when none is wanted. */
export function buildAcknowledgement(request: AcknowledgementRequest): Buffer | undefined {
  const code = acknowledgementCode(request.outcome, request.header);
  if (code === undefined) return undefined;
  const delimiters = request.delimiters ?? standardDelimiters;
  const separator = delimiters.field;
  const version = request.header?.field(12).raw;
  const segments = [
    answerHeader(request, delimiters),
    [
      'MSA',
      code,
      echo(request.header, 10) || (request.reference ?? ''),
      ...legacyText(request, version, delimiters),
    ],
    ...(request.errors ?? []).map((error) => errorSegment(error, version, delimiters)),
  ];
  const text = segments.map((fields) => trimEnd(fields).join(separator) + '\r').join('');
  // What is echoed was read byte for byte and our own texts are ASCII, so the sender gets its own character set back.
  const narrow = Buffer.from(text, 'latin1');
  const wide = request.header?.wide;
  return wide === undefined ? narrow : toWide(narrow, wide);
}

function answerHeader(request: AcknowledgementRequest, delimiters: Hl7Delimiters): string[] {
  const { header } = request;
  const trigger = header?.field(9).component(2).text ?? '';
  const type = trigger === '' ? ['ACK'] : ['ACK', trigger, 'ACK'];
  const fields = ['MSH', encodingCharacters(delimiters)];
  fields.push(echo(header, 5), echo(header, 6), echo(header, 3), echo(header, 4));
  fields.push(formatTimestamp(request.at), '', type.join(delimiters.component), request.controlId);
  fields.push(
    echo(header, 11) || 'P',
    echo(header, 12) || '2.5',
    '',
    '',
    '',
    '',
    echo(header, 17),
    echoCharset(header),
  );
  return fields;
}

/** Bytes that delimit frames of MLLP: of two frames run into one, an echo must not break the frame of the answer. */
const FRAMING = /[\u000b\u001c]/g;

/** A field of what is answered, byte for byte. */
export function echo(header: Hl7Segment | undefined, field: number): string {
  return header?.field(field).octets.replace(FRAMING, '') ?? '';
}

function echoCharset(header: Hl7Segment | undefined): string {
  const declared = header?.field(18).text;
  return declared !== undefined && findEncoding(declared) !== undefined ? echo(header, 18) : '';
}

/** Before v2.5 the text of an error has its place in MSA-3; ERR-3 to ERR-8 came with v2.5. */
function legacyText(
  request: AcknowledgementRequest,
  version: string | undefined,
  delimiters: Hl7Delimiters,
): string[] {
  const [first] = request.errors ?? [];
  if (first === undefined || !isBefore25(version)) return [];
  return [escapeText(first.text, delimiters).slice(0, 80)];
}

function errorSegment(
  error: AcknowledgementError,
  version: string | undefined,
  delimiters: Hl7Delimiters,
): string[] {
  const { component, subcomponent = '&' } = delimiters;
  const condition = [error.code, errorConditions[error.code], 'HL70357'];
  if (isBefore25(version)) {
    const { segment, sequence, field } = error.location ?? { segment: '', sequence: '', field: undefined };
    const place = [segment, String(sequence), field === undefined ? '' : String(field)];
    return ['ERR', [...place, condition.join(subcomponent)].join(component)];
  }
  const location = error.location === undefined ? '' : encodeLocation(error.location, component);
  return [
    'ERR',
    '',
    location,
    condition.join(component),
    'E',
    '',
    '',
    '',
    escapeText(error.text, delimiters),
  ];
}

function isBefore25(version: string | undefined): boolean {
  return version !== undefined && /^2\.[1-4](?:\.|\D|$)/.test(version);
}

/** Fields at the end that say nothing are left out. */
export function trimEnd(fields: readonly string[]): readonly string[] {
  let length = fields.length;
  while (length > 0 && fields[length - 1] === '') length--;
  return fields.slice(0, length);
}

/** Time stamp to the second with offset, in UTC. */
export function formatTimestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}+0000`;
}
