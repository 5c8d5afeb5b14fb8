import { isDataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { OwnSearch } from './own-registrations.js';

type Query = Readonly<Record<string, unknown>>;

export const tokenInUrl =
  'A pseudonym token must not stand in a URL: send pseudonym and oprf_key in the body';

const DEFAULT_COUNT = 100;
const MAXIMUM_COUNT = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SOURCE = /^[\w.:/-]{1,255}$/;
const known = new Set(['source_id', 'category', 'bucket', 'count', 'cursor']);

/** Query of `GET /registrations`. Nothing is ignored: what cannot be read would widen what is found. @throws Failure */
export function readRegistrationQuery(query: Query): OwnSearch {
  assertKnown(query, known);
  const source = matching(query, 'source_id', SOURCE);
  const category = matching(query, 'category', /^\w+$/);
  const bucket = matching(query, 'bucket', /^[0-9a-f]{2}$/);
  const after = matching(query, 'cursor', UUID);
  const count = matching(query, 'count', /^[1-9]\d{0,5}$/);
  if (category !== undefined && !isDataCategory(category)) throw refused('category');
  return {
    ...(source === undefined ? {} : { source }),
    ...(category === undefined ? {} : { categories: [category] }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(after === undefined ? {} : { after }),
    count: Math.min(Number(count ?? DEFAULT_COUNT), MAXIMUM_COUNT),
  };
}

/** Query of `GET /registrations/digest`. @returns the source, when it is narrowed to one */
export function readDigestQuery(query: Query): string | undefined {
  assertKnown(query, new Set(['source']));
  return matching(query, 'source', SOURCE);
}

function assertKnown(query: Query, names: ReadonlySet<string>): void {
  if ('pseudonym' in query || 'oprf_key' in query) throw new Failure('malformed', tokenInUrl);
  if (Object.keys(query).some((name) => !names.has(name)))
    throw new Failure('malformed', 'One of the parameters is not a parameter of this search');
}

function matching(query: Query, name: string, form: RegExp): string | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !form.test(value)) throw refused(name);
  return value;
}

function refused(name: string): Failure {
  return new Failure('malformed', `${name} is given once, in its documented form`);
}
