import { Failure } from '@samenhang/errors';
import { findDirectoryType, findReferenceElement, type DirectoryType } from '../directory/directory-types.js';

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `Type:parameter` of `_include` and `_revinclude`. */
export interface Inclusion {
  readonly type: DirectoryType;
  readonly parameter: string;
}

export interface UpdatedBound {
  readonly comparator: '>=' | '>' | '<=' | '<';
  readonly instant: Date;
}

export interface SearchQuery {
  readonly type: DirectoryType;
  /** One of each inner list must match: comma is OR, repetition is AND (FHIR R4 search.html#combining). */
  readonly identifiers: readonly (readonly string[])[];
  readonly references: readonly (readonly string[])[];
  readonly ids?: readonly string[];
  readonly statuses?: readonly string[];
  readonly active?: boolean;
  /** Each must be the start of a word-insensitive name, or be contained in it. */
  readonly names: readonly { readonly text: string; readonly match: 'start' | 'contains' | 'exact' }[];
  readonly updated: readonly UpdatedBound[];
  readonly include: readonly Inclusion[];
  readonly revinclude: readonly Inclusion[];
  readonly count: number;
  readonly after?: string;
}

const DEFAULT_COUNT = 100;
const MAXIMUM_COUNT = 1_000;
const comparators = { ge: '>=', gt: '>', le: '<=', lt: '<' } as const;

/** @throws Failure('malformed') for what this server cannot honour: a filter that is ignored widens the answer */
export function readSearchQuery(type: DirectoryType, parameters: Parameters): SearchQuery {
  const identifiers: string[][] = [];
  const references: string[][] = [];
  const names: { text: string; match: 'start' | 'contains' | 'exact' }[] = [];
  const updated: UpdatedBound[] = [];
  const include: Inclusion[] = [];
  const revinclude: Inclusion[] = [];
  const single: { ids?: string[]; statuses?: string[]; active?: boolean; after?: string } = {};
  let count = DEFAULT_COUNT;
  for (const [name, value] of pairsOf(parameters)) {
    const alternatives = value.split(',');
    if (value === '') throw new Failure('malformed', 'A search parameter has no value');
    if (name === 'identifier') identifiers.push(alternatives.map(toIdentifierKey));
    else if (name === '_id') single.ids = alternatives;
    else if (name === 'status') single.statuses = alternatives;
    else if (name === 'active') single.active = readBoolean(value);
    else if (name === 'name') names.push({ text: value, match: 'start' });
    else if (name === 'name:contains') names.push({ text: value, match: 'contains' });
    else if (name === 'name:exact') names.push({ text: value, match: 'exact' });
    else if (name === '_lastUpdated') updated.push(readUpdated(value));
    else if (name === '_include') include.push(readInclusion(value));
    else if (name === '_revinclude') revinclude.push(readInclusion(value));
    else if (name === '_count') count = readCount(value);
    else if (name === '_cursor') single.after = value;
    else if (findReferenceElement(type, name) !== undefined)
      references.push(alternatives.map((each) => `${name}=${toTarget(each)}`));
    else if (name !== '_format' && name !== '_pretty')
      throw new Failure('malformed', `${type} has no such search parameter here`);
  }
  return { type, identifiers, references, names, updated, include, revinclude, count, ...single };
}

function* pairsOf(parameters: Parameters): Generator<readonly [string, string]> {
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of values === undefined ? [] : [values].flat()) yield [name, value];
  }
}

function toIdentifierKey(text: string): string {
  const bar = text.indexOf('|');
  if (bar < 0) return text;
  if (bar === text.length - 1) throw new Failure('malformed', 'identifier needs a value');
  return text;
}

function toTarget(text: string): string {
  if (/^[A-Za-z0-9.-]{1,64}$/.test(text)) return `Organization/${text}`;
  if (/^[A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(text)) return text;
  throw new Failure('malformed', 'A reference parameter must be an id, or a type and an id');
}

function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Failure('malformed', 'active must be true or false');
  return text === 'true';
}

function readUpdated(text: string): UpdatedBound {
  const comparator = comparators[text.slice(0, 2) as keyof typeof comparators];
  const instant = new Date(text.slice(2));
  if (comparator === undefined || Number.isNaN(instant.getTime())) {
    throw new Failure('malformed', '_lastUpdated must be an instant with the prefix ge, gt, le or lt');
  }
  return { comparator, instant };
}

function readInclusion(text: string): Inclusion {
  const [source = '', parameter = ''] = text.split(':');
  const type = findDirectoryType(source);
  if (type === undefined || findReferenceElement(type, parameter) === undefined) {
    throw new Failure('malformed', '_include and _revinclude must be Type:parameter of this directory');
  }
  return { type, parameter };
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Failure('malformed', '_count must be a positive number');
  return Math.min(Number(text), MAXIMUM_COUNT);
}
