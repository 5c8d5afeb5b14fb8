import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { Hl7ParseError } from './parse-error.js';

/** How the bytes of a message become text. */
export interface Hl7Charset {
  /** Encoding label as the Encoding Standard spells it. */
  readonly encoding: string;
  /** What MSH-18 says, first repetition; undefined when it says nothing. */
  readonly declared: string | undefined;
  /**
   * The bytes speak against the declaration: multi-byte UTF-8 under a single-byte declaration, 8-bit bytes under ASCII,
   * control codes of ISO 8859 that Windows uses for letters, UTF-16 under another name. The declaration is followed all
   * the same (nothing is guessed); the doubt is for the mapping to report.
   */
  readonly doubtful: boolean;
  /** HL7 spelling for MSH-18 of an answer. */
  readonly hl7Name: string;
}

/** What a message says about its character set, and what its bytes are beyond doubt. */
export interface CharsetEvidence {
  readonly bytes: Buffer;
  readonly isAscii: boolean;
  /** The bytes came as UTF-16 and were made into UTF-8. */
  readonly wasUtf16: boolean;
  /** First repetition of MSH-18. */
  readonly declared: string | undefined;
  /** Further repetitions of MSH-18, or MSH-20, announce that the message switches between sets (ISO 2022). */
  readonly announcesSwitching: boolean;
}

type Encoding = readonly [encoding: string, hl7Name: string];

/** HL7 table 0211, with the spellings met in practice; the second column is the Encoding Standard's label. */
const encodings: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['ASCII', ['us-ascii', 'ASCII']],
  ['US-ASCII', ['us-ascii', 'ASCII']],
  ['ISO IR6', ['us-ascii', 'ASCII']],
  ['UNICODE UTF-8', ['utf-8', 'UNICODE UTF-8']],
  ['UNICODE', ['utf-8', 'UNICODE UTF-8']],
  ['UTF-8', ['utf-8', 'UNICODE UTF-8']],
  ['UTF8', ['utf-8', 'UNICODE UTF-8']],
  ['UNICODE UTF-16', ['utf-16', 'UNICODE UTF-16']],
  ['UTF-16', ['utf-16', 'UNICODE UTF-16']],
  ['WINDOWS-1252', ['windows-1252', '8859/1']],
  ['CP1252', ['windows-1252', '8859/1']],
]);

const ESCAPE = 0x1b;

/** Label and HL7 spelling of a character set, or undefined when we cannot decode it. */
export function findEncoding(name: string): Encoding | undefined {
  const known = encodings.get(name);
  if (known !== undefined) return known;
  const normalised = name.trim().toUpperCase();
  const part = Number(/^(?:ISO[- ]?)?8859[-/](\d{1,2})$/.exec(normalised)?.[1] ?? Number.NaN);
  // ISO 8859-12 was never published.
  if (part >= 1 && part <= 16 && part !== 12) return [`iso-8859-${String(part)}`, `8859/${String(part)}`];
  return encodings.get(normalised);
}

/**
 * Decides how to decode a message. MSH-18 rules; the source's default applies when it is absent.
 *
 * @throws Hl7ParseError when the character set is unknown, or the bytes are not in it
 */
export function chooseCharset(evidence: CharsetEvidence, defaultCharset: string): Hl7Charset {
  const { bytes, declared } = evidence;
  if (evidence.announcesSwitching && bytes.includes(ESCAPE))
    throw charsetError(
      '103',
      'switching between character sets within a message (ISO 2022) is not supported',
    );
  const chosen = findEncoding(declared ?? defaultCharset);
  if (chosen === undefined) throw charsetError('103', 'this character set is not supported');
  const [encoding, hl7Name] = chosen;
  if (evidence.wasUtf16) return asUtf16(encoding, declared);
  if (evidence.isAscii) return { encoding, hl7Name, declared, doubtful: encoding === 'utf-16' };
  switch (encoding) {
    case 'us-ascii':
      return resolveEightBitAscii(bytes, declared, defaultCharset);
    case 'utf-16':
      throw charsetError('102', 'the bytes are not in the declared character set UTF-16');
    case 'utf-8':
      if (!isUtf8(bytes)) throw charsetError('102', 'the bytes are not in the declared character set UTF-8');
      return { encoding, hl7Name, declared, doubtful: false };
  }
  assertDecodable(bytes, encoding);
  return { encoding, hl7Name, declared, doubtful: isUtf8(bytes) || hasControlCodes(bytes, encoding) };
}

/** UTF-16 is beyond doubt in the bytes, whatever is declared: no single-byte set has a NUL in every second place. */
function asUtf16(encoding: string, declared: string | undefined): Hl7Charset {
  const isUnicode = encoding === 'utf-16' || encoding === 'utf-8';
  return {
    encoding: 'utf-16',
    hl7Name: 'UNICODE UTF-16',
    declared,
    doubtful: declared !== undefined && !isUnicode,
  };
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
    configured[0] === 'utf-16' ||
    (configured[0] === 'utf-8' && !isUtf8(bytes))
  ) {
    throw charsetError('102', 'the bytes are not in the declared character set ASCII');
  }
  if (configured[0] !== 'utf-8') assertDecodable(bytes, configured[0]);
  return { encoding: configured[0], hl7Name: configured[1], declared, doubtful: true };
}

/** Some parts of ISO 8859 have codes that stand for nothing, and so has windows-1252. */
function assertDecodable(bytes: Buffer, encoding: string): void {
  try {
    strictDecoderOf(encoding).decode(bytes);
  } catch {
    throw charsetError('102', `the bytes are not in the declared character set ${encoding}`);
  }
  if (encoding === 'windows-1252' && unassigned1252.some((code) => bytes.includes(code)))
    throw charsetError('102', 'the bytes are not in the declared character set windows-1252');
}

/** The Encoding Standard reads these as control codes; windows-1252 leaves them open. */
const unassigned1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** Codes 80 to 9F: controls that no message needs in ISO 8859, quotation marks and the euro sign in Windows. */
function hasControlCodes(bytes: Buffer, encoding: string): boolean {
  if (encoding === 'windows-1252') return false;
  for (const byte of bytes) if (byte >= 0x80 && byte < 0xa0) return true;
  return false;
}

export function charsetError(code: '102' | '103', detail: string): Hl7ParseError {
  return new Hl7ParseError(code, { segment: 'MSH', sequence: 1, field: 18, repetition: 1 }, detail);
}

const decoders = new Map<string, TextDecoder>();
const strictDecoders = new Map<string, TextDecoder>();

/** Decodes bytes with an encoding that `chooseCharset` gave. */
export function decodeBytes(bytes: Uint8Array, encoding: string): string {
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    decoder = new TextDecoder(labelOf(encoding), { ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  return decoder.decode(bytes);
}

function strictDecoderOf(encoding: string): TextDecoder {
  let decoder = strictDecoders.get(encoding);
  if (decoder === undefined) {
    decoder = new TextDecoder(labelOf(encoding), { fatal: true, ignoreBOM: true });
    strictDecoders.set(encoding, decoder);
  }
  return decoder;
}

/**
 * The Encoding Standard reads ISO 8859-1 as windows-1252, a superset that also reads the quotation marks and the euro
 * sign which Windows senders put under that name.
 */
function labelOf(encoding: string): string {
  return encoding === 'us-ascii' ? 'windows-1252' : encoding;
}
