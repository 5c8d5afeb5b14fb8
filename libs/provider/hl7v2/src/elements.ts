import type { Hl7Delimiters } from './delimiters.js';
import { unescapeText } from './escape.js';
import { formatLocation, type Hl7Location } from './location.js';
import type { WideForm } from './wide-text.js';

/** What elements read from: one latin-1 character per byte, so that positions in `octets` are byte offsets. */
export interface Hl7Source {
  readonly octets: string;
  readonly delimiters: Hl7Delimiters;
  readonly encoding: string;
  /** Set when the message came as UTF-16. */
  readonly wide: WideForm | undefined;
  decode(start: number, end: number): string;
}

/** A stretch of a message, read lazily. An element beyond what was sent is absent, never an error. */
export abstract class Hl7Element {
  constructor(
    protected readonly source: Hl7Source,
    /** Byte offsets into the message, end exclusive: provenance of whatever is made from this element. */
    readonly start: number,
    readonly end: number,
  ) {}

  abstract get location(): Hl7Location;

  /** Location as people read it, e.g. `PID-3[2].4`. */
  get path(): string {
    return formatLocation(this.location);
  }

  /** Nothing was sent here: "no statement", unlike `isNull`. */
  get isAbsent(): boolean {
    return this.start === this.end;
  }

  /** `""` was sent: "delete what you hold" (HL7 v2.5 §2.5.3). */
  get isNull(): boolean {
    return this.end - this.start === 2 && this.source.octets.startsWith('""', this.start);
  }

  /** Something other than `""` was sent. */
  get hasValue(): boolean {
    return !this.isAbsent && !this.isNull;
  }

  /** As sent: decoded from the character set, escapes and delimiters untouched. */
  get raw(): string {
    return this.source.decode(this.start, this.end);
  }

  /** As sent, one latin-1 character per byte: for echoing it unchanged. */
  get octets(): string {
    return this.source.octets.slice(this.start, this.end);
  }

  /** All of it as text, delimiters read as plain characters; undefined when absent or null. For free text. */
  get fullText(): string | undefined {
    return readText(this.source, this.start, this.end);
  }
}

function readText(source: Hl7Source, start: number, end: number): string | undefined {
  if (start === end || (end - start === 2 && source.octets.startsWith('""', start))) return undefined;
  return unescapeText(source.decode(start, end), source.delimiters, source.encoding);
}

/** Text before the first of up to three delimiters: the first leaf, read without splitting what it stands in. */
function leadingText(
  source: Hl7Source,
  start: number,
  end: number,
  outer: string | undefined,
  middle: string | undefined,
  inner: string | undefined,
): string | undefined {
  const first = codeOf(outer);
  const second = codeOf(middle);
  const third = codeOf(inner);
  let at = start;
  for (; at < end; at++) {
    const code = source.octets.charCodeAt(at);
    if (code === first || code === second || code === third) break;
  }
  return readText(source, start, at);
}

function codeOf(delimiter: string | undefined): number {
  return delimiter === undefined ? -1 : delimiter.charCodeAt(0);
}

export class Hl7Subcomponent extends Hl7Element {
  constructor(
    source: Hl7Source,
    start: number,
    end: number,
    private readonly parent: Hl7Component,
    private readonly number: number,
  ) {
    super(source, start, end);
  }

  get location(): Hl7Location {
    return { ...this.parent.location, subcomponent: this.number };
  }

  /** Decoded and unescaped; undefined when absent or null. Blanks are kept. */
  get text(): string | undefined {
    return this.fullText;
  }
}

export class Hl7Component extends Hl7Element {
  #bounds: number[] | undefined;

  constructor(
    source: Hl7Source,
    start: number,
    end: number,
    private readonly parent: Hl7Repetition,
    private readonly number: number,
  ) {
    super(source, start, end);
  }

  get location(): Hl7Location {
    return { ...this.parent.location, component: this.number };
  }

  subcomponent(number: number): Hl7Subcomponent {
    this.#bounds ??= splitBounds(
      this.source.octets,
      this.start,
      this.end,
      this.source.delimiters.subcomponent,
    );
    const [start, end] = boundsAt(this.#bounds, number, this.end);
    return new Hl7Subcomponent(this.source, start, end, this, number);
  }

  /** Text of the first subcomponent. */
  get text(): string | undefined {
    const { subcomponent } = this.source.delimiters;
    return leadingText(this.source, this.start, this.end, undefined, undefined, subcomponent);
  }
}

export class Hl7Repetition extends Hl7Element {
  #bounds: number[] | undefined;

  constructor(
    source: Hl7Source,
    start: number,
    end: number,
    private readonly parent: Hl7Field,
    private readonly number: number,
  ) {
    super(source, start, end);
  }

  get location(): Hl7Location {
    return { ...this.parent.location, repetition: this.number };
  }

  component(number: number): Hl7Component {
    this.#bounds ??= splitBounds(this.source.octets, this.start, this.end, this.source.delimiters.component);
    const [start, end] = boundsAt(this.#bounds, number, this.end);
    return new Hl7Component(this.source, start, end, this, number);
  }

  /** How many components were sent. */
  get componentCount(): number {
    this.#bounds ??= splitBounds(this.source.octets, this.start, this.end, this.source.delimiters.component);
    return this.isAbsent ? 0 : this.#bounds.length - 1;
  }

  /** Text of the first component: how a composed value is read where a simple one is expected (HL7 v2.5 §2.8.2). */
  get text(): string | undefined {
    const { component, subcomponent } = this.source.delimiters;
    return leadingText(this.source, this.start, this.end, undefined, component, subcomponent);
  }
}

export class Hl7Field extends Hl7Element {
  #repetitions: readonly Hl7Repetition[] | undefined;

  constructor(
    source: Hl7Source,
    start: number,
    end: number,
    private readonly parent: { readonly location: Hl7Location },
    readonly number: number,
    private readonly isDelimiterField: boolean,
  ) {
    super(source, start, end);
  }

  get location(): Hl7Location {
    return { ...this.parent.location, field: this.number };
  }

  /** What was sent, in order; empty when the field is absent. */
  get repetitions(): readonly Hl7Repetition[] {
    return (this.#repetitions ??= this.isAbsent ? [] : this.#split());
  }

  repetition(number: number): Hl7Repetition {
    return this.repetitions[number - 1] ?? new Hl7Repetition(this.source, this.end, this.end, this, number);
  }

  /** A component of the first repetition. */
  component(number: number): Hl7Component {
    return this.repetition(1).component(number);
  }

  /** Text of the first component of the first repetition. */
  get text(): string | undefined {
    if (this.isDelimiterField) return this.raw;
    const { repetition, component, subcomponent } = this.source.delimiters;
    return leadingText(this.source, this.start, this.end, repetition, component, subcomponent);
  }

  #split(): Hl7Repetition[] {
    const repetition = this.isDelimiterField ? undefined : this.source.delimiters.repetition;
    const bounds = splitBounds(this.source.octets, this.start, this.end, repetition);
    const result: Hl7Repetition[] = [];
    for (let number = 1; number < bounds.length; number++) {
      const [start, end] = boundsAt(bounds, number, this.end);
      result.push(new Hl7Repetition(this.source, start, end, this, number));
    }
    return result;
  }
}

/**
 * Start offsets of the parts between `start` and `end`, closed by `end + 1`. A bounded scan: searching with indexOf
 * would run to the end of the message for each part without a delimiter, quadratic for many repetitions.
 */
export function splitBounds(
  octets: string,
  start: number,
  end: number,
  delimiter: string | undefined,
): number[] {
  const bounds = [start];
  if (delimiter !== undefined) {
    const code = delimiter.charCodeAt(0);
    for (let at = start; at < end; at++) if (octets.charCodeAt(at) === code) bounds.push(at + 1);
  }
  bounds.push(end + 1);
  return bounds;
}

export function boundsAt(
  bounds: readonly number[],
  number: number,
  absentAt: number,
): readonly [number, number] {
  const start = bounds[number - 1];
  const next = bounds[number];
  return start === undefined || next === undefined ? [absentAt, absentAt] : [start, next - 1];
}
