import { Failure } from '@samenhang/errors';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { isDatasetType, ruleOf, type Dataset } from './datasets.js';

/** For what data may be used (Regulation (EU) 2025/327, Article 53(1)). */
export const secondaryPurposes = [
  'public-health',
  'policy-making',
  'statistics',
  'education',
  'scientific-research',
  'improving-care',
] as const;
export type SecondaryPurpose = (typeof secondaryPurposes)[number];

/** How exact moments are: the year, the month, or days that are moved by the same number for all of one person's. */
export const datePrecisions = ['year', 'month', 'shifted'] as const;
export type DatePrecision = (typeof datePrecisions)[number];

/** Facts of patients with this code among their conditions only. */
export interface Population {
  readonly system: string;
  readonly code: string;
}

/** What a holder must know of a permit to hold to it. */
export interface PermitTerms {
  readonly permitId: string;
  readonly purpose: SecondaryPurpose;
  readonly datasets: readonly Dataset[];
  /** Facts that began from this day on, and before that one. What has no date is in no period. */
  readonly period: { readonly from: string; readonly until: string };
  readonly dates: DatePrecision;
  readonly population?: Population;
  /** For whom persons get pseudonyms: a scope of its own for each project. */
  readonly recipient: PseudonymRecipient;
  /** Of the project, base64url: from it follow the ids of resources and how far dates are moved. */
  readonly secret: string;
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const SECRET = /^[\w-]{43}$/;
const MOST_ELEMENTS = 200;

/** @throws Failure('malformed') where it is not such terms */
export function readPermitTerms(value: unknown): PermitTerms {
  const terms = objectOf(value, 'permit');
  const { permitId, purpose, dates, secret } = terms;
  if (typeof permitId !== 'string' || permitId === '') throw malformed('permitId');
  if (!isOneOf(secondaryPurposes, purpose)) throw malformed('purpose');
  if (!isOneOf(datePrecisions, dates)) throw malformed('dates');
  if (typeof secret !== 'string' || !SECRET.test(secret)) throw malformed('secret');
  const population = terms['population'] === undefined ? undefined : readPopulation(terms['population']);
  return {
    permitId,
    purpose,
    datasets: readDatasets(terms['datasets']),
    period: readPeriod(terms['period']),
    dates,
    ...(population === undefined ? {} : { population }),
    recipient: readRecipient(terms['recipient']),
    secret,
  };
}

/** @throws Failure('malformed') for a type or element that no permit gives */
export function readDatasets(value: unknown): Dataset[] {
  if (!Array.isArray(value) || value.length === 0) throw malformed('datasets');
  const datasets = value.map((each: unknown) => {
    const { type, elements } = objectOf(each, 'datasets');
    if (!isDatasetType(type)) throw malformed('datasets.type');
    if (!Array.isArray(elements) || elements.length > MOST_ELEMENTS) throw malformed('datasets.elements');
    const names = elements.map((element: unknown) => {
      if (typeof element !== 'string' || ruleOf(type, element) === undefined)
        throw malformed('datasets.elements');
      return element;
    });
    return { type, elements: [...new Set(names)] };
  });
  if (new Set(datasets.map(({ type }) => type)).size !== datasets.length) throw malformed('datasets.type');
  return datasets;
}

export function readPeriod(value: unknown): PermitTerms['period'] {
  const { from, until } = objectOf(value, 'period');
  if (typeof from !== 'string' || typeof until !== 'string' || !DAY.test(from) || !DAY.test(until))
    throw malformed('period');
  if (from >= until) throw malformed('period');
  return { from, until };
}

export function readPopulation(value: unknown): Population {
  const { system, code } = objectOf(value, 'population');
  if (typeof system !== 'string' || typeof code !== 'string' || system === '' || code === '')
    throw malformed('population');
  return { system, code };
}

function readRecipient(value: unknown): PseudonymRecipient {
  const { organisation, scope } = objectOf(value, 'recipient');
  if (typeof organisation !== 'string' || typeof scope !== 'string') throw malformed('recipient');
  return { organisation, scope };
}

export function isOneOf<T extends string>(list: readonly T[], value: unknown): value is T {
  return list.some((each) => each === value);
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(name);
  return value as Readonly<Record<string, unknown>>;
}

function malformed(name: string): Failure {
  return new Failure('malformed', `Not as it should be: ${name}`);
}
