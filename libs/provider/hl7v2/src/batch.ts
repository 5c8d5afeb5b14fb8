import { isAscii } from 'node:buffer';
import { readDelimiters, type Hl7Delimiters } from './delimiters.js';
import type { Hl7Source } from './elements.js';
import { Hl7ParseError } from './parse-error.js';
import { Hl7Segment } from './segment.js';
import { toNarrow, toWide, type WideForm } from './wide-text.js';

/** Messages between BHS and BTS (HL7 v2.5 §2.10.3). */
export interface Hl7BatchGroup {
  /** Undefined when a file holds messages without a batch header, which the standard allows. */
  readonly header: Hl7Segment | undefined;
  /** Each message as sent, to be parsed on its own. */
  readonly messages: readonly Buffer[];
}

/** A batch or a file of batches that came as one. */
export interface Hl7Batch {
  /** FHS; undefined when a batch came without a file. */
  readonly file: Hl7Segment | undefined;
  readonly groups: readonly Hl7BatchGroup[];
  readonly delimiters: Hl7Delimiters;
}

/** How many messages one batch may hold: each becomes an object, however small it is. */
export const maximumBatchMessages = 10_000;

/** Whether content opens as a batch or file rather than as a message. */
export function isBatch(content: Uint8Array): boolean {
  const opening = toNarrow(content.subarray(0, 8), false).bytes.toString('latin1', 0, 3);
  return opening === 'FHS' || opening === 'BHS';
}

/**
 * Takes a batch apart. Its counts (BTS-1, FTS-1) are checked: a batch that says it holds more than it does was cut off.
 *
 * @throws Hl7ParseError when the envelope is not in order; nothing of the batch can be trusted to be whole then
 */
export function readBatch(content: Uint8Array): Hl7Batch {
  const { bytes, wide } = toNarrow(content, true);
  const envelope = openEnvelope(bytes, wide);
  const assembly = new BatchAssembly(envelope.source);
  for (const [start, end] of linesOf(envelope.source.octets)) assembly.take(start, end);
  return { ...assembly.finish(), delimiters: envelope.source.delimiters };
}

/** FHS or BHS of a batch that is refused, so that the refusal can name it; undefined when it cannot be read. */
export function findBatchHeader(
  content: Uint8Array,
): { readonly header: Hl7Segment; readonly delimiters: Hl7Delimiters } | undefined {
  try {
    const { bytes, wide } = toNarrow(content, false);
    const { source, header } = openEnvelope(bytes, wide);
    return { header, delimiters: source.delimiters };
  } catch (error) {
    if (error instanceof Hl7ParseError) return undefined;
    throw error;
  }
}

/** Envelope segments carry identifiers and counts; what is not ASCII in them is only ever echoed, byte for byte. */
interface EnvelopeSource extends Hl7Source {
  readonly bytes: Buffer;
}

function openEnvelope(
  bytes: Buffer,
  wide: WideForm | undefined,
): { source: EnvelopeSource; header: Hl7Segment } {
  const octets = bytes.toString('latin1');
  const delimiters = readDelimiters(octets.slice(0, 16));
  const decode = (start: number, end: number): string => octets.slice(start, end);
  const encoding = isAscii(bytes) ? 'us-ascii' : 'iso-8859-1';
  const source = { bytes, octets, delimiters, encoding, wide, decode };
  const [first = [0, octets.length] as const] = linesOf(octets);
  return { source, header: new Hl7Segment(source, octets.slice(0, 3), 1, 0, first[1]) };
}

function* linesOf(octets: string): Generator<readonly [start: number, end: number]> {
  const terminator = octets.includes('\r') ? '\r' : '\n';
  let start = 0;
  while (start < octets.length) {
    const found = octets.indexOf(terminator, start);
    const end = found < 0 ? octets.length : found;
    if (end > start) yield [start, end];
    start = end + 1;
    while (octets.charCodeAt(start) === 10 || octets.charCodeAt(start) === 13) start++;
  }
}

/** The envelope as it is read: which part is open, and what has been collected. */
class BatchAssembly {
  #file: Hl7Segment | undefined;
  readonly #groups: { header: Hl7Segment | undefined; messages: Buffer[] }[] = [];
  #group: { header: Hl7Segment | undefined; messages: Buffer[] } | undefined;
  #messageStart: number | undefined;
  #position = 0;
  #isClosed = false;
  #messages = 0;

  constructor(private readonly source: EnvelopeSource) {}

  take(start: number, end: number): void {
    const name = this.source.octets.slice(start, Math.min(start + 3, end));
    this.#position++;
    switch (name) {
      case 'FHS':
        return this.#openFile(this.#segment(name, start, end));
      case 'BHS':
        return this.#openGroup(this.#segment(name, start, end), start);
      case 'BTS':
        return this.#closeGroup(this.#segment(name, start, end));
      case 'FTS':
        return this.#closeFile(this.#segment(name, start, end));
      case 'MSH':
        return this.#openMessage(start);
      default:
        if (this.#messageStart === undefined) this.#refuse('stands outside of any message');
    }
  }

  finish(): Omit<Hl7Batch, 'delimiters'> {
    this.#endMessage(this.source.octets.length);
    const isOpen = this.#group?.header !== undefined || (this.#file !== undefined && !this.#isClosed);
    if (isOpen)
      throw envelopeError(this.#group?.header === undefined ? 'FTS' : 'BTS', 'the trailer is missing');
    return { file: this.#file, groups: this.#groups };
  }

  #segment(name: string, start: number, end: number): Hl7Segment {
    const segment = new Hl7Segment(this.source, name, 1, start, end);
    this.#endMessage(start);
    if (this.#isClosed) this.#refuse('follows the trailer of the file');
    return segment;
  }

  #openFile(segment: Hl7Segment): void {
    if (this.#position > 1) this.#refuse('is a header of a file within a batch');
    this.#file = segment;
  }

  #openGroup(segment: Hl7Segment, start: number): void {
    if (this.#group?.header !== undefined) this.#refuse('is a header of a batch within a batch');
    if (this.#file === undefined && start > 0) this.#refuse('is a second batch without a file around them');
    this.#group = { header: segment, messages: [] };
    this.#groups.push(this.#group);
  }

  #openMessage(start: number): void {
    this.#endMessage(start);
    if (this.#isClosed || (this.#file === undefined && this.#group === undefined))
      this.#refuse('stands outside of the batch');
    if (++this.#messages > maximumBatchMessages)
      this.#refuse(`is more than the ${String(maximumBatchMessages)} messages that a batch may hold`);
    this.#messageStart = start;
  }

  #endMessage(end: number): void {
    if (this.#messageStart === undefined) return;
    if (this.#group === undefined) {
      this.#group = { header: undefined, messages: [] };
      this.#groups.push(this.#group);
    }
    const message = this.source.bytes.subarray(this.#messageStart, end);
    this.#group.messages.push(this.source.wide === undefined ? message : toWide(message, this.source.wide));
    this.#messageStart = undefined;
  }

  #closeGroup(trailer: Hl7Segment): void {
    if (this.#group?.header === undefined) this.#refuse('is a trailer without a batch');
    assertCount(trailer, this.#group?.messages.length ?? 0, 'messages');
    this.#group = undefined;
  }

  #closeFile(trailer: Hl7Segment): void {
    if (this.#file === undefined || this.#group?.header !== undefined)
      this.#refuse('is a trailer without a file, or within a batch');
    assertCount(trailer, this.#groups.length, 'batches');
    this.#isClosed = true;
  }

  #refuse(why: string): never {
    throw envelopeError('BHS', `segment ${String(this.#position)} ${why}`);
  }
}

/** BTS-1 and FTS-1 may be left out; what is given must be so. */
function assertCount(trailer: Hl7Segment, found: number, what: string): void {
  const { text } = trailer.field(1);
  if (text === undefined || Number(text) === found) return;
  const location = { segment: trailer.name, sequence: 1, field: 1 };
  throw new Hl7ParseError(
    '102',
    location,
    `the trailer does not count the ${String(found)} ${what} that came`,
  );
}

function envelopeError(segment: string, detail: string): Hl7ParseError {
  return new Hl7ParseError('100', { segment, sequence: 1 }, detail);
}
