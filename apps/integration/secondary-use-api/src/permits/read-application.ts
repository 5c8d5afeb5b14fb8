import { findUra, type Ura } from '@samenhang/data-model';
import {
  datePrecisions,
  isOneOf,
  readDatasets,
  readPeriod,
  readPopulation,
  secondaryPurposes,
} from '@samenhang/secondary-use';
import { assertFitsOmop } from '../omop/omop-request.js';
import { malformed, membersOf } from './read-json.js';
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
  const datasets = readDatasets(rest['datasets']);
  if (outputKind === 'omop') assertFitsOmop(datasets, dates);
  return {
    title,
    purpose,
    datasets,
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
