import { isAscii } from 'node:buffer';
import { chooseCharset, decodeBytes, type CharsetEvidence, type Hl7Charset } from './charset.js';
import { readDelimiters, type Hl7Delimiters } from './delimiters.js';
import type { Hl7Source } from './elements.js';
import { Hl7ParseError } from './parse-error.js';
import type { ReadCoverage } from './read-coverage.js';
import { Hl7Segment } from './segment.js';
import { toNarrow, type WideForm } from './wide-text.js';

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
    { all, byName }: SegmentTable,
  ) {
    this.all = all;
    this.#byName = byName;
  }

  /** Every segment, in order. */
  readonly all: readonly Hl7Segment[];

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
  readonly octets: string;
  readonly isAscii: boolean;
  readonly delimiters: Hl7Delimiters;

  constructor(
    readonly bytes: Buffer,
    readonly wide: WideForm | undefined,
  ) {
    this.isAscii = isAscii(bytes);
    this.octets = bytes.toString('latin1');
    this.delimiters = delimitersOf(this.octets);
  }

  decode(start: number, end: number): string {
    this.coverage?.mark(start, end);
    if (this.isAscii) return this.octets.slice(start, end);
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
  const { bytes, wide } = toNarrow(content, true);
  const source = new OctetSource(bytes, wide);
  const header = headerOf(source);
  const charset = chooseCharset(evidenceOf(source, header), options.defaultCharset);
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
    const { bytes, wide } = toNarrow(content, false);
    const source = new OctetSource(bytes, wide);
    source.encoding = wide === undefined ? 'iso-8859-1' : 'utf-8';
    return { header: headerOf(source), delimiters: source.delimiters };
  } catch (error) {
    if (error instanceof Hl7ParseError) return undefined;
    throw error;
  }
}

function delimitersOf(octets: string): Hl7Delimiters {
  if (octets.startsWith('MSH')) return readDelimiters(octets.slice(0, 16));
  throw new Hl7ParseError('100', { segment: 'MSH', sequence: 1 }, 'a message starts with the segment MSH');
}

function headerOf(source: OctetSource): Hl7Segment {
  return new Hl7Segment(source, 'MSH', 1, 0, segmentEnd(source.octets, 0, terminatorOf(source.octets)));
}

function evidenceOf({ bytes, isAscii, wide }: OctetSource, header: Hl7Segment): CharsetEvidence {
  const sets = header.field(18);
  const declared = sets.text;
  return {
    bytes,
    isAscii,
    wasUtf16: wide !== undefined,
    declared: declared === undefined || declared.trim() === '' ? undefined : declared,
    announcesSwitching: sets.repetitions.length > 1 || header.field(20).hasValue,
  };
}

/** Segments in order, and by name. */
interface SegmentTable {
  readonly all: readonly Hl7Segment[];
  readonly byName: ReadonlyMap<string, readonly Hl7Segment[]>;
}

function readSegments(source: OctetSource, header: Hl7Segment): SegmentTable {
  const { octets } = source;
  const terminator = terminatorOf(octets);
  const all = [header];
  const byName = new Map<string, Hl7Segment[]>([['MSH', [header]]]);
  let start = skipLineEnds(octets, header.end);
  while (start < octets.length) {
    const end = segmentEnd(octets, start, terminator);
    const name = readName(source, start, end, all.length);
    const same = byName.get(name);
    const segment = new Hl7Segment(source, name, (same?.length ?? 0) + 1, start, end);
    if (same === undefined) byName.set(name, [segment]);
    else same.push(segment);
    all.push(segment);
    start = skipLineEnds(octets, end);
  }
  return { all, byName };
}

/** A segment nobody would find again (lower case, no name, a second header) would be lost in silence: refuse it. */
function readName(source: OctetSource, start: number, end: number, preceding: number): string {
  const { octets, delimiters } = source;
  const isNamed =
    end >= start + 3 &&
    isCapital(octets.charCodeAt(start)) &&
    isCapitalOrDigit(octets.charCodeAt(start + 1)) &&
    isCapitalOrDigit(octets.charCodeAt(start + 2)) &&
    (end === start + 3 || octets.charAt(start + 3) === delimiters.field);
  if (!isNamed) {
    const detail = `segment ${String(preceding + 1)} has no name of three capitals and digits followed by the field separator`;
    throw new Hl7ParseError('100', { segment: 'MSH', sequence: 1 }, detail);
  }
  const name = octets.slice(start, start + 3);
  if (name === 'MSH')
    throw new Hl7ParseError('100', { segment: 'MSH', sequence: 2 }, 'a second MSH in one message');
  return name;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isCapitalOrDigit(code: number): boolean {
  return isCapital(code) || (code >= 48 && code <= 57);
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
