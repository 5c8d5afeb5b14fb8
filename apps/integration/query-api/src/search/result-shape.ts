import { Failure } from '@samenhang/errors';
import type { SearchParameter } from '@samenhang/fhir-http';
import type { SearchableType } from './searchable-types.js';

export const summaries = ['true', 'text', 'data', 'count', 'false'] as const;
export type Summary = (typeof summaries)[number];

/** Parameters that shape the answer rather than select (http://hl7.org/fhir/R4/search.html#modifyingresults). */
export interface ResultShape {
  readonly count: number | undefined;
  readonly sort: readonly { readonly name: string; readonly isDescending: boolean }[];
  readonly includes: readonly Include[];
  readonly withProvenance: boolean;
  readonly elements: readonly string[];
  readonly summary: Summary;
  readonly total: 'none' | 'accurate';
}

export interface Include {
  readonly paths: readonly string[];
  /** Only targets of this type; all when left out. */
  readonly target?: string;
  /** Whether it is followed from what was included as well. */
  readonly isIterated: boolean;
  /** Type it starts from. */
  readonly from: string;
}

export const maximumCount = 1_000;
const REVINCLUDE = 'Provenance:target';

type Support = (searchable: SearchableType, parameter: SearchParameter) => boolean;
const plain: Support = (_searchable, { modifier }) => modifier === undefined;
const iterable = ({ modifier }: SearchParameter): boolean => modifier === undefined || modifier === 'iterate';

/** By name, whether a use of the parameter is supported. */
export const resultParameters: ReadonlyMap<string, Support> = new Map<string, Support>([
  ['_count', plain],
  ['_elements', plain],
  ['_format', plain],
  [
    '_include',
    (searchable, parameter) =>
      iterable(parameter) && parameter.values.every((value) => findInclude(searchable, value) !== undefined),
  ],
  [
    '_revinclude',
    (_, parameter) => iterable(parameter) && parameter.values.every((value) => value === REVINCLUDE),
  ],
  [
    '_sort',
    (searchable, { modifier, values }) =>
      modifier === undefined && values.every((value) => isSortable(searchable, value.replace(/^-/, ''))),
  ],
  ['_summary', (_, { modifier, values }) => modifier === undefined && values.every(isSummary)],
  ['_total', plain],
]);

function isSummary(value: string): value is Summary {
  return (summaries as readonly string[]).includes(value);
}

function isSortable({ parameters }: SearchableType, wanted: string): boolean {
  return parameters.some(({ name, kind }) => name === wanted && ['date', 'string', 'token'].includes(kind));
}

/** `Type:name` or `Type:name:Target`. */
function findInclude(
  { type, includes }: SearchableType,
  value: string,
): Omit<Include, 'isIterated'> | undefined {
  const [from, wanted, target, ...others] = value.split(':');
  const found = from === type ? includes.find(({ name }) => name === wanted) : undefined;
  if (found === undefined || others.length > 0) return undefined;
  return { from: type, paths: found.paths, ...(target === undefined ? {} : { target }) };
}

/** @throws Failure('malformed') */
export function readResultShape(
  searchable: SearchableType,
  parameters: readonly SearchParameter[],
): ResultShape {
  const valuesOf = (name: string): string[] =>
    parameters.filter((parameter) => parameter.name === name).flatMap(({ values }) => [...values]);
  const summary = valuesOf('_summary').at(-1);
  return {
    count: readCount(valuesOf('_count')),
    sort: valuesOf('_sort').map((value) => ({
      name: value.replace(/^-/, ''),
      isDescending: value.startsWith('-'),
    })),
    includes: parameters
      .filter(({ name }) => name === '_include')
      .flatMap(({ modifier, values }) =>
        values.flatMap((value) => {
          const include = findInclude(searchable, value);
          return include === undefined ? [] : [{ ...include, isIterated: modifier === 'iterate' }];
        }),
      ),
    withProvenance: valuesOf('_revinclude').length > 0,
    elements: valuesOf('_elements'),
    summary: summary !== undefined && isSummary(summary) ? summary : 'false',
    total: readTotal(valuesOf('_total')),
  };
}

function readCount(values: readonly string[]): number | undefined {
  const [text, ...others] = values;
  if (text === undefined) return undefined;
  if (others.length > 0 || !/^\d{1,9}$/.test(text))
    throw new Failure('malformed', '_count is one whole number');
  return Math.min(Number(text), maximumCount);
}

/** What is merged is in memory: an estimate would be no cheaper than the number itself. */
function readTotal(values: readonly string[]): 'none' | 'accurate' {
  const [text, ...others] = values;
  if (others.length > 0 || (text !== undefined && !['none', 'estimate', 'accurate'].includes(text)))
    throw new Failure('malformed', '_total is none, estimate or accurate');
  return text === 'none' ? 'none' : 'accurate';
}
