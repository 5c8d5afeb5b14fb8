import { findUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  datePrecisions,
  isOneOf,
  readDatasets,
  readPeriod,
  readPopulation,
  secondaryPurposes,
} from '@samenhang/secondary-use';
import { outputKinds, type PermitApplication } from './permit.js';

const MOST_CUSTODIANS = 500;
const LONGEST_TITLE = 200;
const LONGEST_PERMIT_DAYS = 3_652;
const DAY_MS = 86_400_000;

/** @throws Failure('malformed') */
export function readApplication(body: unknown): PermitApplication {
  const { title, purpose, custodians, dates = 'month', outputKind, ...rest } = membersOf(body);
  if (typeof title !== 'string' || title.trim() === '' || title.length > LONGEST_TITLE)
    throw malformed('title');
  if (!isOneOf(secondaryPurposes, purpose)) throw malformed('purpose');
  if (!isOneOf(datePrecisions, dates)) throw malformed('dates');
  if (!isOneOf(outputKinds, outputKind)) throw malformed('outputKind');
  return {
    title,
    purpose,
    datasets: readDatasets(rest['datasets']),
    custodians: readCustodians(custodians),
    period: readPeriod(rest['period']),
    dates,
    ...(rest['population'] === undefined ? {} : { population: readPopulation(rest['population']) }),
    outputKind,
  };
}

/** Until when an assessor grants: ten years at most (Article 68). @throws Failure('malformed') */
export function readExpiry(body: unknown, now = new Date()): Date {
  const { expiresAt } = membersOf(body);
  const moment = new Date(typeof expiresAt === 'string' ? expiresAt : NaN);
  const days = (moment.getTime() - now.getTime()) / DAY_MS;
  if (!(days > 0 && days <= LONGEST_PERMIT_DAYS)) throw malformed('expiresAt');
  return moment;
}

function readCustodians(value: unknown): Ura[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_CUSTODIANS)
    throw malformed('custodians');
  const uras = value.map((each: unknown) => {
    const ura = typeof each === 'string' ? findUra(each) : undefined;
    if (ura === undefined) throw malformed('custodians');
    return ura;
  });
  return [...new Set(uras)];
}

export function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('body');
  return body as Readonly<Record<string, unknown>>;
}

export function malformed(name: string): Failure {
  return new Failure('malformed', `Not as it should be: ${name}`);
}
