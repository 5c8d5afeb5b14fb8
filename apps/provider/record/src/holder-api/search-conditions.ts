import { Failure } from '@samenhang/errors';
import type { SearchParameter } from '@samenhang/fhir-http';

const DEFAULT_COUNT = 200;
const MAX_COUNT = 1_000;

/** Conditions in SQL on the columns of `resource r`, with the values they refer to. */
export class SearchConditions {
  readonly #clauses: string[] = [];

  constructor(readonly values: unknown[] = []) {}

  /** Conditions of their own, on the same list of values. */
  nested(): SearchConditions {
    return new SearchConditions(this.values);
  }

  /** Placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  require(clause: string): void {
    this.#clauses.push(clause);
  }

  get text(): string {
    return this.#clauses.join(' AND ');
  }
}

/** @throws Failure('malformed') */
export function readCount(parameters: readonly SearchParameter[]): number {
  // Identifiers stay out of URLs, so that there is no link to a next page: what they find comes at once.
  if (parameters.some(({ name }) => name === 'identifier')) return MAX_COUNT;
  const text = parameters.find(({ name }) => name === '_count')?.values[0];
  if (text === undefined) return DEFAULT_COUNT;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count === 0)
    throw new Failure('malformed', '_count is a whole number from 1');
  return Math.min(count, MAX_COUNT);
}
