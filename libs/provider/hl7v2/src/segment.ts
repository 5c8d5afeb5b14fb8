import { boundsAt, Hl7Field, splitBounds, type Hl7Source } from './elements.js';
import { formatLocation, type Hl7Location } from './location.js';
import type { WideForm } from './wide-text.js';

/** Segments whose first field is the field separator itself. */
const headerSegments: ReadonlySet<string> = new Set(['MSH', 'BHS', 'FHS']);

export class Hl7Segment {
  #bounds: number[] | undefined;
  #fields: (Hl7Field | undefined)[] | undefined;

  constructor(
    private readonly source: Hl7Source,
    readonly name: string,
    /** Which occurrence of this name in the message, from 1. */
    readonly sequence: number,
    readonly start: number,
    readonly end: number,
  ) {}

  get location(): Hl7Location {
    return { segment: this.name, sequence: this.sequence };
  }

  get path(): string {
    return formatLocation(this.location);
  }

  get raw(): string {
    return this.source.decode(this.start, this.end);
  }

  /** Set when the message came as UTF-16. */
  get wide(): WideForm | undefined {
    return this.source.wide;
  }

  /** Highest field number that was sent. */
  get fieldCount(): number {
    return this.#fieldBounds().length - (headerSegments.has(this.name) ? 1 : 2);
  }

  field(number: number): Hl7Field {
    const known = this.#fields?.[number];
    if (known !== undefined) return known;
    const [start, end, isDelimiterField] = this.#locate(number);
    const field = new Hl7Field(this.source, start, end, this, number, isDelimiterField);
    if (number <= this.fieldCount) (this.#fields ??= [])[number] = field;
    return field;
  }

  #locate(number: number): readonly [start: number, end: number, isDelimiterField: boolean] {
    if (!headerSegments.has(this.name))
      return [...boundsAt(this.#fieldBounds(), number + 1, this.end), false];
    if (number === 1) return [this.start + 3, Math.min(this.start + 4, this.end), true];
    return [...boundsAt(this.#fieldBounds(), number, this.end), number === 2];
  }

  #fieldBounds(): number[] {
    return (this.#bounds ??= splitBounds(
      this.source.octets,
      this.start,
      this.end,
      this.source.delimiters.field,
    ));
  }
}
