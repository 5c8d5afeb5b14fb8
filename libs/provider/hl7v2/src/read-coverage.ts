import type { Hl7Message } from './message.js';
import type { Hl7Segment } from './segment.js';

/** Takes in what of a message was there, and whether it was read. Component 0 stands for the field as a whole. */
export type CoverageVisitor = (
  segment: Hl7Segment,
  field: number,
  component: number,
  wasRead: boolean,
) => void;

/**
 * Which parts of a message were read. Every text comes from `decode`, which marks it here: whoever reads a message need
 * not say what they used. Costs one number a byte while the message is read, and one pass at the end.
 */
export class ReadCoverage {
  /** For each offset where a read began, the furthest one it went to. */
  #ends = new Uint32Array(0);

  begin(bytes: number): void {
    this.#ends = new Uint32Array(bytes + 1);
  }

  mark(start: number, end: number): void {
    if ((this.#ends[start] ?? end) < end) this.#ends[start] = end;
  }

  /**
   * Visits each field that holds something, and each component of it where it has several. One that holds `""` says
   * "delete" and has nothing to read; it is passed over.
   */
  visit(message: Hl7Message, visitor: CoverageVisitor): void {
    const walk = new Walk(message, this.#ends, visitor);
    for (const segment of message.all) walk.segment(segment);
  }
}

class Walk {
  readonly #bytes: Buffer;
  readonly #field: number;
  readonly #component: number;
  readonly #repetition: number;
  #readUntil = 0;

  constructor(
    message: Hl7Message,
    private readonly ends: Uint32Array,
    private readonly visitor: CoverageVisitor,
  ) {
    const { field, component, repetition } = message.delimiters;
    this.#bytes = message.bytes;
    this.#field = field.charCodeAt(0);
    this.#component = component.charCodeAt(0);
    this.#repetition = repetition?.charCodeAt(0) ?? -1;
  }

  segment(segment: Hl7Segment): void {
    // MSH-1 is the separator itself and MSH-2 the other delimiters: both were read to get here.
    const isHeader = segment.name === 'MSH';
    let number = isHeader ? 2 : 1;
    let start = segment.start + 4;
    if (isHeader) {
      number = 3;
      while (start < segment.end && this.#bytes[start] !== this.#field) start++;
      start++;
    }
    while (start <= segment.end) {
      let end = start;
      while (end < segment.end && this.#bytes[end] !== this.#field) end++;
      if (end > start) this.#visitField(segment, number, start, end);
      start = end + 1;
      number++;
    }
  }

  #visitField(segment: Hl7Segment, number: number, start: number, end: number): void {
    const unread = new Set<number>();
    let [component, components] = [1, 1];
    let [wasRead, holds] = [false, false];
    let from = start;
    for (let at = start; at <= end; at++) {
      const byte = at === end ? this.#component : this.#bytes[at];
      if (byte !== this.#component && byte !== this.#repetition) continue;
      // What was read as a whole begins where its first part does, even when that part is empty.
      this.#readUntil = Math.max(this.#readUntil, this.ends[from] ?? 0);
      if (this.#holdsSomething(from, at)) {
        holds = true;
        if (this.#wasRead(from, at)) wasRead = true;
        else unread.add(component);
      }
      components = Math.max(components, component);
      component = byte === this.#repetition ? 1 : component + 1;
      from = at + 1;
    }
    if (!holds) return;
    this.visitor(segment, number, 0, wasRead);
    if (wasRead && components > 1) for (const one of unread) this.visitor(segment, number, one, false);
  }

  #holdsSomething(start: number, end: number): boolean {
    if (end - start === 2 && this.#bytes[start] === 0x22 && this.#bytes[start + 1] === 0x22) return false;
    for (let at = start; at < end; at++) if ((this.#bytes[at] ?? 0) > 0x20) return true;
    return false;
  }

  /** A component counts as read when it was read as a whole, with what it stands in, or in part. */
  #wasRead(start: number, end: number): boolean {
    let isInside = false;
    for (let at = start; at < end; at++) {
      const until = this.ends[at] ?? 0;
      if (until === 0) continue;
      isInside = true;
      if (until > this.#readUntil) this.#readUntil = until;
    }
    return isInside || this.#readUntil >= end;
  }
}
