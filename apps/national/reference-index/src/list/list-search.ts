import {
  dataCategorySystem,
  identifierSystems,
  isDataCategory,
  type DataCategory,
} from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { DeleteFilter } from '../registrations/index-operation.js';
import { legacySourceSystem, sourceSystem } from './guide-names.js';

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ListSearch {
  readonly token?: string;
  readonly source?: string;
  readonly categories?: readonly DataCategory[];
  readonly count: number;
  readonly after?: string;
}

const DEFAULT_COUNT = 100;
const MAXIMUM_COUNT = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const subjectNames = ['subject:identifier', 'subject.identifier', 'subject'];
const sourceNames = ['source:identifier', 'source.identifier'];
const known = new Set([...subjectNames, ...sourceNames, 'code', '_count', '_cursor', '_format', '_pretty']);

/**
 * Reads search parameters. Nothing is ignored: a parameter that is unknown, repeated or empty would otherwise widen
 * what is found, or deleted.
 * @throws Failure('malformed')
 */
export function readListSearch(parameters: Parameters): ListSearch {
  for (const name of Object.keys(parameters))
    if (!known.has(name)) throw refused(name, 'is not a parameter of this search');
  const token = readIdentifier(parameters, subjectNames, [identifierSystems.referenceIndexPseudonym]);
  const source = readIdentifier(parameters, sourceNames, [sourceSystem, legacySourceSystem]);
  const categories = readCategories(parameters);
  const after = single(parameters, '_cursor');
  if (after !== undefined && !UUID.test(after)) throw refused('_cursor', 'is not one that was given out');
  return {
    ...(token === undefined ? {} : { token }),
    ...(source === undefined ? {} : { source }),
    ...(categories === undefined ? {} : { categories }),
    ...(after === undefined ? {} : { after }),
    count: readCount(parameters),
  };
}

/** A token is about 1.2 kB of secret and would stand in every proxy's access log. */
export function assertNoTokenInUrl(parameters: Parameters): void {
  if (subjectNames.some((name) => parameters[name] !== undefined)) {
    throw new Failure(
      'malformed',
      'A pseudonym token must not stand in a URL: use POST List/_search, or an entry of a transaction Bundle',
    );
  }
}

/** @throws Failure('malformed') without an effective filter: wiping an organisation is another, confirmed operation */
export function readDeleteFilter(parameters: Parameters): DeleteFilter {
  for (const name of ['_count', '_cursor'])
    if (parameters[name] !== undefined) throw refused(name, 'has no meaning in a deletion');
  const { token, source, categories } = readListSearch(parameters);
  const narrowing = categories === undefined ? {} : { categories };
  if (token !== undefined) return { token, ...(source === undefined ? {} : { source }), ...narrowing };
  if (source !== undefined) return { source, ...narrowing };
  throw new Failure('malformed', 'A deletion needs subject:identifier or source:identifier');
}

function readIdentifier(
  parameters: Parameters,
  names: readonly string[],
  systems: readonly string[],
): string | undefined {
  const [name, ...others] = names.filter((each) => parameters[each] !== undefined);
  if (name === undefined) return undefined;
  if (others.length > 0) throw refused(name, 'is given twice');
  const value = single(parameters, name) ?? '';
  const bar = value.indexOf('|');
  const system = bar < 0 ? undefined : value.slice(0, bar);
  const content = value.slice(bar + 1);
  if (content === '' || content.includes('|'))
    throw refused(name, 'must be a value, or a system and a value');
  if (system !== undefined && !systems.includes(system))
    throw refused(name, 'has a system that this index does not know');
  return content;
}

function readCategories(parameters: Parameters): readonly DataCategory[] | undefined {
  const text = single(parameters, 'code');
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const bar = part.indexOf('|');
    const code = part.slice(bar + 1);
    if (bar >= 0 && part.slice(0, bar) !== dataCategorySystem)
      throw refused('code', 'has a system that this index does not know');
    if (!isDataCategory(code)) throw refused('code', 'is not a data category of the guide');
    return code;
  });
}

function readCount(parameters: Parameters): number {
  const text = single(parameters, '_count');
  if (text === undefined) return DEFAULT_COUNT;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw refused('_count', 'must be a positive number');
  return Math.min(Number(text), MAXIMUM_COUNT);
}

function single(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === 'string') return value;
  throw refused(name, 'is given twice');
}

function refused(name: string, why: string): Failure {
  // A name that is not one of ours is the caller's text and may be anything.
  const shown = known.has(name) ? name : 'One of the parameters';
  return new Failure('malformed', `${shown} ${why}`);
}
