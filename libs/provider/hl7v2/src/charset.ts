import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { Hl7ParseError } from './parse-error.js';

/** How the bytes of a message become text. */
export interface Hl7Charset {
  /** Encoding label as the Encoding Standard spells it. */
  readonly encoding: string;
  /** What MSH-18 says, first repetition; undefined when it says nothing. */
  readonly declared: string | undefined;
  /**
   * The bytes speak against the declaration: multi-byte UTF-8 under a single-byte declaration, or 8-bit bytes under
   * ASCII. The declaration is followed all the same (nothing is guessed); the doubt is for the mapping to report.
   */
  readonly doubtful: boolean;
  /** HL7 spelling for MSH-18 of an answer. */
  readonly hl7Name: string;
}

/** HL7 table 0211, with the spellings met in practice; the second column is the Encoding Standard's label. */
const encodings: Readonly<Record<string, readonly [encoding: string, hl7Name: string]>> = {
  ASCII: ['us-ascii', 'ASCII'],
  'US-ASCII': ['us-ascii', 'ASCII'],
  'UNICODE UTF-8': ['utf-8', 'UNICODE UTF-8'],
  UNICODE: ['utf-8', 'UNICODE UTF-8'],
  'UTF-8': ['utf-8', 'UNICODE UTF-8'],
  UTF8: ['utf-8', 'UNICODE UTF-8'],
  'UNICODE UTF-16': ['utf-16', 'UNICODE UTF-16'],
  'UTF-16': ['utf-16', 'UNICODE UTF-16'],
  'WINDOWS-1252': ['windows-1252', '8859/1'],
  CP1252: ['windows-1252', '8859/1'],
};

/** Label and HL7 spelling of a character set, or undefined when we cannot decode it. */
export function findEncoding(name: string): readonly [encoding: string, hl7Name: string] | undefined {
  const normalised = name.trim().toUpperCase();
  const known = encodings[normalised];
  if (known !== undefined) return known;
  const part = /^(?:ISO[- ]?)?8859[-/](\d{1,2})$/.exec(normalised)?.[1];
  // ISO 8859-12 was never published; 11 is Thai, known under another label.
  if (part === undefined || Number(part) < 1 || Number(part) > 16 || part === '11' || part === '12')
    return undefined;
  return [`iso-8859-${String(Number(part))}`, `8859/${String(Number(part))}`];
}

/**
 * Decides how to decode a message. MSH-18 rules; the source's default applies when it is absent.
 *
 * @throws Hl7ParseError when the character set is unknown, or is UTF-8 and the bytes are not
 */
export function chooseCharset(
  bytes: Buffer,
  declared: string | undefined,
  defaultCharset: string,
): Hl7Charset {
  const chosen = findEncoding(declared ?? defaultCharset);
  if (chosen === undefined) throw charsetError('103', 'this character set is not supported');
  const [encoding, hl7Name] = chosen;
  if (isAscii(bytes)) return { encoding, hl7Name, declared, doubtful: false };
  if (encoding === 'us-ascii') return resolveEightBitAscii(bytes, declared, defaultCharset);
  const utf8 = isUtf8(bytes);
  if (encoding === 'utf-8' && !utf8)
    throw charsetError('102', 'the bytes are not in the declared character set UTF-8');
  return { encoding, hl7Name, declared, doubtful: encoding !== 'utf-8' && encoding !== 'utf-16' && utf8 };
}

/** "ASCII" with 8-bit bytes: the source's configured character set is what an operator stated about this sender. */
function resolveEightBitAscii(
  bytes: Buffer,
  declared: string | undefined,
  defaultCharset: string,
): Hl7Charset {
  const configured = findEncoding(defaultCharset);
  if (
    configured === undefined ||
    configured[0] === 'us-ascii' ||
    (configured[0] === 'utf-8' && !isUtf8(bytes))
  ) {
    throw charsetError('102', 'the bytes are not in the declared character set ASCII');
  }
  return { encoding: configured[0], hl7Name: configured[1], declared, doubtful: true };
}

function charsetError(code: '102' | '103', detail: string): Hl7ParseError {
  return new Hl7ParseError(code, { segment: 'MSH', sequence: 1, field: 18, repetition: 1 }, detail);
}

const decoders = new Map<string, TextDecoder>();

/** Decodes bytes with an encoding that `chooseCharset` gave. */
export function decodeBytes(bytes: Uint8Array, encoding: string): string {
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    // The Encoding Standard reads ISO 8859-1 as windows-1252, a superset that also reads the quotation marks and
    // the euro sign which Windows senders put under that name.
    decoder = new TextDecoder(encoding === 'us-ascii' ? 'windows-1252' : encoding, { ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  return decoder.decode(bytes);
}
