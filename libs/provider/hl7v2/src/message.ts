import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { chooseCharset, decodeBytes, type Hl7Charset } from './charset.js';
import { readDelimiters, type Hl7Delimiters } from './delimiters.js';
import type { Hl7Source } from './elements.js';
import { Hl7ParseError } from './parse-error.js';
import type { ReadCoverage } from './read-coverage.js';
import { Hl7Segment } from './segment.js';

export interface ParseOptions {
  /** Character set of messages without MSH-18, in HL7 or IANA spelling. */
  readonly defaultCharset: string;
  /** Takes note of what is read of the message. */
  readonly coverage?: ReadCoverage;
}

export interface Hl7MessageType {
  /** MSH-9.1, e.g. `ADT`. */
  readonly code: string | undefined;
  /** MSH-9.2, e.g. `A01`. */
  readonly trigger: string | undefined;
  /** MSH-9.3, e.g. `ADT_A01`. */
  readonly structure: string | undefined;
}

/** A message over its bytes: nothing is copied or rewritten, everything is read when asked for. */
export class Hl7Message {
  readonly #byName: ReadonlyMap<string, readonly Hl7Segment[]>;

  constructor(
    /** Exactly what was parsed; offsets of all elements point into it. */
    readonly bytes: Buffer,
    readonly delimiters: Hl7Delimiters,
    readonly charset: Hl7Charset,
    readonly header: Hl7Segment,
    /** Every segment, in order. */
    readonly all: readonly Hl7Segment[],
  ) {
    const byName = new Map<string, Hl7Segment[]>();
    for (const segment of all) {
      const same = byName.get(segment.name);
      if (same === undefined) byName.set(segment.name, [segment]);
      else same.push(segment);
    }
    this.#byName = byName;
  }

  /** Segments of one name, in order. */
  segments(name: string): readonly Hl7Segment[] {
    return this.#byName.get(name) ?? [];
  }

  /** First segment of a name. */
  segment(name: string): Hl7Segment | undefined {
    return this.#byName.get(name)?.[0];
  }

  get type(): Hl7MessageType {
    const field = this.header.field(9);
    return {
      code: field.component(1).text,
      trigger: field.component(2).text,
      structure: field.component(3).text,
    };
  }

  /** MSH-10. */
  get controlId(): string | undefined {
    return this.header.field(10).text;
  }

  /** MSH-12.1, e.g. `2.5`. */
  get version(): string | undefined {
    return this.header.field(12).text;
  }
}

class OctetSource implements Hl7Source {
  encoding = 'us-ascii';
  coverage: ReadCoverage | undefined;
  readonly #ascii: boolean;

  constructor(
    readonly bytes: Buffer,
    readonly octets: string,
    readonly delimiters: Hl7Delimiters,
  ) {
    this.#ascii = isAscii(bytes);
  }

  decode(start: number, end: number): string {
    this.coverage?.mark(start, end);
    if (this.#ascii) return this.octets.slice(start, end);
    const slice = this.bytes.subarray(start, end);
    return isAscii(slice) ? this.octets.slice(start, end) : decodeBytes(slice, this.encoding);
  }
}

/**
 * Parses one message. Segments end with CR as the standard says, or CR LF; LF alone ends them only in a message that
 * has no CR at all (files that passed through an editor).
 *
 * @throws Hl7ParseError naming what is wrong and where, never quoting content
 */
export function parseMessage(content: Uint8Array, options: ParseOptions): Hl7Message {
  const bytes = toSingleByteDelimiters(content);
  const { source, header } = openMessage(bytes);
  const declared = header.field(18).text;
  const charset = chooseCharset(
    bytes,
    declared === undefined || declared.trim() === '' ? undefined : declared,
    options.defaultCharset,
  );
  source.coverage = options.coverage;
  options.coverage?.begin(bytes.length);
  source.encoding = charset.encoding === 'utf-16' ? 'utf-8' : charset.encoding;
  return new Hl7Message(bytes, source.delimiters, charset, header, readSegments(source, header));
}

/**
 * The MSH segment of a message that may not be readable further on, so that a refusal can name the message it
 * refuses. Undefined when not even that is there.
 */
export function findHeader(
  content: Uint8Array,
): { readonly header: Hl7Segment; readonly delimiters: Hl7Delimiters } | undefined {
  try {
    const { source, header } = openMessage(toSingleByteDelimiters(content));
    source.encoding = 'iso-8859-1';
    return { header, delimiters: source.delimiters };
  } catch (error) {
    if (error instanceof Hl7ParseError) return undefined;
    throw error;
  }
}

function openMessage(bytes: Buffer): { source: OctetSource; header: Hl7Segment } {
  const octets = bytes.toString('latin1');
  if (!octets.startsWith('MSH')) {
    throw new Hl7ParseError('100', { segment: 'MSH', sequence: 1 }, 'a message starts with the segment MSH');
  }
  const end = segmentEnd(octets, 0, terminatorOf(octets));
  const source = new OctetSource(bytes, octets, readDelimiters(octets.slice(0, Math.min(end, 16))));
  return { source, header: new Hl7Segment(source, 'MSH', 1, 0, end) };
}

function readSegments(source: OctetSource, header: Hl7Segment): Hl7Segment[] {
  const { octets } = source;
  const terminator = terminatorOf(octets);
  const segments = [header];
  const counts = new Map<string, number>([['MSH', 1]]);
  let start = skipLineEnds(octets, header.end);
  while (start < octets.length) {
    const end = segmentEnd(octets, start, terminator);
    const name = octets.slice(start, Math.min(start + 3, end));
    const sequence = (counts.get(name) ?? 0) + 1;
    assertSegment(source, name, start, end, segments.length);
    counts.set(name, sequence);
    segments.push(new Hl7Segment(source, name, sequence, start, end));
    start = skipLineEnds(octets, end);
  }
  return segments;
}

/** A segment nobody would find again (lower case, no name, a second header) would be lost in silence: refuse it. */
function assertSegment(
  source: OctetSource,
  name: string,
  start: number,
  end: number,
  preceding: number,
): void {
  const known = /^[A-Z][A-Z0-9]{2}$/.test(name);
  const delimited = end === start + 3 || source.octets.charAt(start + 3) === source.delimiters.field;
  if (known && delimited && name !== 'MSH') return;
  const detail =
    known && delimited
      ? 'a second MSH in one message'
      : `segment ${String(preceding + 1)} has no name of three capitals and digits followed by the field separator`;
  throw new Hl7ParseError(
    '100',
    { segment: known ? name : 'MSH', sequence: known && name === 'MSH' ? 2 : 1 },
    detail,
  );
}

function terminatorOf(octets: string): '\r' | '\n' {
  return octets.includes('\r') ? '\r' : '\n';
}

function segmentEnd(octets: string, start: number, terminator: '\r' | '\n'): number {
  const end = octets.indexOf(terminator, start);
  return end < 0 ? octets.length : end;
}

function skipLineEnds(octets: string, from: number): number {
  let at = from;
  while (at < octets.length && (octets.charCodeAt(at) === 13 || octets.charCodeAt(at) === 10)) at++;
  return at;
}

/** Drops a UTF-8 byte order mark; UTF-16 becomes UTF-8, and offsets then count in that form. */
function toSingleByteDelimiters(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return bytes.subarray(3);
  if ((first === 0xff && second === 0xfe) || (first === 0x4d && second === 0))
    return fromUtf16(bytes, 'utf-16le');
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x4d))
    return fromUtf16(bytes, 'utf-16be');
  return bytes;
}

function fromUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(bytes), 'utf8');
}
