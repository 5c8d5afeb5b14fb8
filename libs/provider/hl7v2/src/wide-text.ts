import { TextDecoder } from 'node:util';
import { charsetError } from './charset.js';

/** How UTF-16 came, so that the answer goes back the same way. */
export interface WideForm {
  readonly encoding: 'utf-16le' | 'utf-16be';
  readonly hasByteOrderMark: boolean;
}

export interface NarrowContent {
  /** Bytes in which every delimiter is one byte. */
  readonly bytes: Buffer;
  /** Undefined when the content came like that. */
  readonly wide: WideForm | undefined;
}

/** First letters of the segments that can open a message or batch: MSH, FHS, BHS. */
const OPENING = [0x4d, 0x46, 0x42];

/**
 * Drops a UTF-8 byte order mark; UTF-16 becomes UTF-8, and offsets then count in that form.
 *
 * @param strict whether to refuse what is not well-formed UTF-16 rather than replacing it
 * @throws Hl7ParseError when `strict`
 */
export function toNarrow(content: Uint8Array, strict: boolean): NarrowContent {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  if (first === 0xef && second === 0xbb && bytes[2] === 0xbf)
    return { bytes: bytes.subarray(3), wide: undefined };
  const wide = wideForm(first, second, bytes.length);
  return { bytes: wide === undefined ? bytes : fromWide(bytes, wide, strict), wide };
}

function wideForm(first: number, second: number, length: number): WideForm | undefined {
  if (length < 2) return undefined;
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', hasByteOrderMark: true };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', hasByteOrderMark: true };
  if (second === 0 && OPENING.includes(first)) return { encoding: 'utf-16le', hasByteOrderMark: false };
  if (first === 0 && OPENING.includes(second)) return { encoding: 'utf-16be', hasByteOrderMark: false };
  return undefined;
}

function fromWide(bytes: Buffer, { encoding }: WideForm, strict: boolean): Buffer {
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: strict }).decode(bytes), 'utf8');
  } catch {
    throw charsetError('102', 'the bytes are not well-formed UTF-16');
  }
}

/** UTF-8 in the form in which the sender writes. */
export function toWide(narrow: Buffer, { encoding, hasByteOrderMark }: WideForm): Buffer {
  const text = narrow.toString('utf8');
  const wide = Buffer.from(hasByteOrderMark ? `\ufeff${text}` : text, 'utf16le');
  return encoding === 'utf-16be' ? wide.swap16() : wide;
}
