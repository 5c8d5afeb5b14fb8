import { findSourceId, type SourceId } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';

/** Which messages of a source are replayed. */
export interface ReplayCriteria {
  readonly source: SourceId;
  /** Times of receipt (ISO 8601): from the first, up to but not including the second. */
  readonly from?: string;
  readonly until?: string;
  /** `ADT^A01`, or `ADT` for all its events; a FHIR resource type. */
  readonly type?: string;
  /** Messages that were mapped, or rejected, by this version. */
  readonly mappingVersion?: string;
  /** Only those that are in quarantine still. */
  readonly quarantined: boolean;
  /** Objections that a person has weighed and that shall not be raised again. */
  readonly accepting: readonly string[];
  /** Version of the mapping to map them by; without it that in use. */
  readonly mapBy?: string;
}

export interface ReplayOrder {
  readonly criteria: ReplayCriteria;
  readonly messagesPerSecond: number;
}

export interface DryRunOrder {
  readonly criteria: ReplayCriteria;
  readonly count: number;
  /** Position of the last message of the page before. */
  readonly after: number;
  /** Set of code tables to try; without it that in use. */
  readonly tables?: number;
  /** Only among the last so many messages of the source. */
  readonly latest?: number;
}

const DEFAULT_RATE = 200;
const HIGHEST_RATE = 2_000;
const DEFAULT_PAGE = 25;
export const LARGEST_PAGE = 100;
const VERSION = /^[A-Za-z0-9.+-]{1,64}$/;
const MOST_TABLES = 999_999_999;

/** @throws Failure naming each property at fault */
export function readReplayOrder(body: unknown): ReplayOrder {
  const reader = new BodyReader(body, [...criteriaProperties, 'messagesPerSecond']);
  const criteria = readCriteria(reader);
  const messagesPerSecond = reader.number('messagesPerSecond', DEFAULT_RATE, 1, HIGHEST_RATE);
  reader.end();
  return { criteria, messagesPerSecond };
}

/** @throws Failure naming each property at fault */
export function readDryRunOrder(body: unknown): DryRunOrder {
  const reader = new BodyReader(body, [...criteriaProperties, 'count', 'after', 'tables', 'latest']);
  const criteria = readCriteria(reader);
  const count = reader.number('count', DEFAULT_PAGE, 1, LARGEST_PAGE);
  const after = reader.number('after', 0, 0, Number.MAX_SAFE_INTEGER);
  const tables = reader.number('tables', 0, 0, MOST_TABLES);
  const latest = reader.number('latest', 0, 0, Number.MAX_SAFE_INTEGER);
  reader.end();
  return { criteria, count, after, ...(tables === 0 ? {} : { tables }), ...(latest === 0 ? {} : { latest }) };
}

const criteriaProperties = [
  'source',
  'from',
  'until',
  'type',
  'mappingVersion',
  'quarantined',
  'accepting',
  'mapBy',
];

function readCriteria(reader: BodyReader): ReplayCriteria {
  const id = reader.text('source', /^[a-z0-9-]{1,64}$/);
  const source = id === undefined ? undefined : findSourceId(id);
  if (source === undefined) reader.add('source', 'source is the id of a source');
  const from = reader.time('from');
  const until = reader.time('until');
  const type = reader.text('type', /^[A-Za-z0-9^]{1,64}$/);
  const mappingVersion = reader.text('mappingVersion', VERSION);
  const mapBy = reader.text('mapBy', VERSION);
  return {
    source: source ?? ('' as SourceId),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(type === undefined ? {} : { type }),
    ...(mappingVersion === undefined ? {} : { mappingVersion }),
    quarantined: reader.flag('quarantined'),
    accepting: reader.codes('accepting'),
    ...(mapBy === undefined ? {} : { mapBy }),
  };
}

/** @throws Failure when the body is more than a list of codes to accept */
export function readAccepting(body: unknown): readonly string[] {
  const reader = new BodyReader(body ?? {}, ['accepting']);
  const accepting = reader.codes('accepting');
  reader.end();
  return accepting;
}

/** Reads properties one by one and remembers what is wrong with each. */
class BodyReader {
  readonly #issues: FailureIssue[] = [];
  readonly #body: Readonly<Record<string, unknown>>;

  constructor(body: unknown, properties: readonly string[]) {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new Failure('malformed', 'The body is a JSON object');
    this.#body = body as Record<string, unknown>;
    for (const property of Object.keys(body))
      if (!properties.includes(property)) this.add(property, 'this property is not known');
  }

  add(expression: string, text: string): void {
    this.#issues.push({ expression, text });
  }

  text(property: string, pattern: RegExp): string | undefined {
    const value = this.#body[property];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.add(property, `${property} is not of the form expected`);
    return undefined;
  }

  time(property: string): string | undefined {
    const value = this.#body[property];
    if (value === undefined) return undefined;
    if (
      typeof value === 'string' &&
      /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) &&
      !Number.isNaN(Date.parse(value))
    )
      return new Date(value).toISOString();
    this.add(property, `${property} is a time: 2026-11-22T08:00:00+01:00, or a day (UTC)`);
    return undefined;
  }

  number(property: string, fallback: number, lowest: number, highest: number): number {
    const value = this.#body[property] ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest)
      return value;
    this.add(property, `${property} is a number from ${String(lowest)} to ${String(highest)}`);
    return fallback;
  }

  flag(property: string): boolean {
    const value = this.#body[property] ?? false;
    if (typeof value === 'boolean') return value;
    this.add(property, `${property} is true or false`);
    return false;
  }

  codes(property: string): readonly string[] {
    const value = this.#body[property] ?? [];
    if (Array.isArray(value) && value.length <= 20) {
      const codes = value.filter(
        (code): code is string => typeof code === 'string' && /^[a-z0-9-]{1,64}$/.test(code),
      );
      if (codes.length === value.length) return codes;
    }
    this.add(property, `${property} is a list of reason codes`);
    return [];
  }

  /** @throws Failure('invalid') when anything was wrong */
  end(): void {
    if (this.#issues.length > 0)
      throw new Failure('invalid', 'The request is not valid', { issues: this.#issues });
  }
}
