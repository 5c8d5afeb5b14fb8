import { Failure } from '@samenhang/errors';
import type { FactGroup } from '@samenhang/merge';
import { recordsOf } from '../sources/json-shape.js';
import { momentOf } from '../search/order-groups.js';
import { findSearchableType } from '../search/searchable-types.js';
import { valuesAt } from '../search/values-at.js';

const MAXIMUM = 100;

/** @throws Failure('malformed') */
export function readMaximum(form: Readonly<Record<string, unknown>>): number {
  const { max } = form;
  if (max === undefined) return 1;
  const number = typeof max === 'string' && /^\d{1,3}$/.test(max) ? Number(max) : 0;
  if (number < 1 || number > MAXIMUM)
    throw new Failure('malformed', `max is a whole number from 1 to ${MAXIMUM}`);
  return number;
}

/**
 * The last so many of each kind of observation (FHIR R4 observation-operation-lastn). Those that share a code are of one
 * kind, also through a third. What was withdrawn is not the last of anything.
 */
export function lastOfEachKind(groups: readonly FactGroup[], maximum: number): FactGroup[] {
  const standing = groups.filter(({ retracted }) => !retracted);
  const observation = findSearchableType('Observation');
  const moment = (group: FactGroup): number => momentOf(group, observation)?.from ?? Number.NEGATIVE_INFINITY;
  return byKind(standing).flatMap((kind) =>
    kind.toSorted((a, b) => compareDescending(moment(a), moment(b))).slice(0, maximum),
  );
}

function compareDescending(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function byKind(groups: readonly FactGroup[]): FactGroup[][] {
  const kindOf = new Map<string, FactGroup[]>();
  const kinds = new Set<FactGroup[]>();
  for (const group of groups) {
    const names = kindNames(group);
    const joined = [...new Set(names.map((name) => kindOf.get(name)).filter((kind) => kind !== undefined))];
    for (const old of joined) kinds.delete(old);
    const kind = [...joined.flat(), group];
    kinds.add(kind);
    for (const member of kind) for (const name of kindNames(member)) kindOf.set(name, kind);
  }
  return [...kinds];
}

/** By code and system, else by the words; one without either is of a kind of its own. */
function kindNames({ key, representative }: FactGroup): string[] {
  const codings = valuesAt(representative.resource, 'code.coding');
  const codes = recordsOf(codings).flatMap(({ system, code }) =>
    typeof code === 'string' ? [`${String(system)}|${code}`] : [],
  );
  if (codes.length > 0) return codes;
  const [text] = valuesAt(representative.resource, 'code.text');
  return [typeof text === 'string' ? `text ${text.toLowerCase()}` : `only ${key}`];
}
