import { dataCategories, guardedTypes, identifierSystems, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findTimeInterval, type TimeInterval } from '@samenhang/fhir-r4';
import type { FactGroup } from '@samenhang/merge';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { momentOf } from '../search/order-groups.js';
import { findSearchableType } from '../search/searchable-types.js';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { isPatient } from './collected-view.js';
import { dedupes, type Dedupe } from './dedupe.js';

/** What of everything is wanted (FHIR R4 operation-patient-everything). */
export interface ViewRequest {
  readonly bsn: Bsn;
  /** Sources need be asked for these only; all when left out. */
  readonly categories?: readonly DataCategory[];
  /** And, of these types, for what is in no data category. */
  readonly others?: readonly string[];
  readonly includes: (group: FactGroup) => boolean;
  readonly dedupe: Dedupe;
  /** Facts on a page; all on one when left out. */
  readonly count?: number;
  /** For the audit trail: without who the person is. */
  readonly query: string;
  /** Name of an earlier answer whose missing sources are to be asked again. */
  readonly retry?: string;
}

const narrowingNames = ['_type', '_since', 'start', 'end', '_dedupe', '_count'] as const;
const maximumCount = 1_000;

/**
 * The Parameters of `Patient/$everything`; `own`: whose token it is, who need not be named. Error texts name the element, never its value.
 * @throws Failure('malformed') when the body is no such Parameters or the value is no BSN: nothing is asked of anybody
 */
export function readViewRequest(body: unknown, own?: Bsn): ViewRequest {
  const parameters = parametersOf(body);
  const bsn = readPatient(parameters, own);
  const types = typesOf(parameters);
  const since = findTime(parameters, '_since')?.from;
  const start = findTime(parameters, 'start')?.from;
  const end = findTime(parameters, 'end')?.until;
  const count = readCount(parameters);
  const [retry] = parameters.filter(({ name }) => name === 'retry').map(valueOf);
  const narrowing = narrowingNames.flatMap((name) =>
    parameters.filter((one) => one['name'] === name).map((one) => `${name}=${String(valueOf(one))}`),
  );
  return {
    bsn,
    ...(types === undefined
      ? {}
      : { categories: categoriesOf(types), others: guardedTypes.filter((type) => types.includes(type)) }),
    includes: (group) =>
      isPatient(group) || (isOfType(group, types) && isSince(group, since) && isBetween(group, start, end)),
    dedupe: readDedupe(parameters),
    ...(count === undefined ? {} : { count }),
    ...(typeof retry === 'string' ? { retry } : {}),
    query: ['Patient/$everything', ...(narrowing.length === 0 ? [] : [narrowing.join('&')])].join('?'),
  };
}

/** The person that an operation is about, for operations that need no more. */
export function readPerson(body: unknown, own?: Bsn): Bsn {
  return readPatient(parametersOf(body), own);
}

type Parameter = Readonly<Record<string, unknown>>;

function parametersOf(body: unknown): Parameter[] {
  if (!isRecord(body) || body['resourceType'] !== 'Parameters') {
    throw malformed('The body must be a FHIR Parameters resource', 'Parameters');
  }
  return recordsOf(body['parameter']);
}

function readPatient(parameters: readonly Parameter[], own: Bsn | undefined): Bsn {
  const patients = parameters.filter(({ name }) => name === 'patient');
  const [patient] = patients;
  if (patient === undefined && own !== undefined) return own;
  if (patient === undefined || patients.length > 1) {
    throw malformed(
      'Exactly one parameter "patient" is required',
      "Parameters.parameter.where(name = 'patient')",
    );
  }
  const identifier = patient['valueIdentifier'];
  const at = "Parameters.parameter.where(name = 'patient').value";
  if (!isRecord(identifier) || typeof identifier['value'] !== 'string') {
    throw malformed('The parameter "patient" must be a valueIdentifier with system and value', at);
  }
  if (identifier['system'] !== identifierSystems.bsn) {
    throw malformed(`The system of the patient identifier must be ${identifierSystems.bsn}`, `${at}.system`);
  }
  return getBsn(identifier['value'], `${at}.value`);
}

const valueElements = [
  'valueCode',
  'valueString',
  'valueInstant',
  'valueDateTime',
  'valueDate',
  'valueInteger',
  'valuePositiveInt',
];

function valueOf(parameter: Parameter): unknown {
  const name = valueElements.find((element) => parameter[element] !== undefined);
  return name === undefined ? undefined : parameter[name];
}

function typesOf(parameters: readonly Parameter[]): readonly string[] | undefined {
  const given = parameters.filter(({ name }) => name === '_type');
  if (given.length === 0) return undefined;
  const types = given.flatMap((parameter) => String(valueOf(parameter)).split(','));
  if (types.every((type) => /^[A-Z][A-Za-z]+$/.test(type))) return types;
  throw malformed('_type is a list of types of resource', "Parameters.parameter.where(name = '_type').value");
}

function readDedupe(parameters: readonly Parameter[]): Dedupe {
  const given = parameters.filter(({ name }) => name === '_dedupe').map(valueOf);
  const found = dedupes.find((one) => one === (given[0] ?? 'collapse'));
  if (found !== undefined && given.length < 2) return found;
  throw malformed(`_dedupe is ${dedupes.join(', ')}`, "Parameters.parameter.where(name = '_dedupe').value");
}

function readCount(parameters: readonly Parameter[]): number | undefined {
  const given = parameters.filter(({ name }) => name === '_count').map(valueOf);
  const [value] = given;
  if (given.length === 0) return undefined;
  if (given.length === 1 && typeof value === 'number' && Number.isInteger(value) && value >= 1)
    return Math.min(value, maximumCount);
  throw malformed('_count is one whole number from 1', "Parameters.parameter.where(name = '_count').value");
}

function findTime(parameters: readonly Parameter[], wanted: string): TimeInterval | undefined {
  const given = parameters.filter(({ name }) => name === wanted);
  const [parameter] = given;
  if (parameter === undefined) return undefined;
  const value = valueOf(parameter);
  const interval = typeof value === 'string' && given.length === 1 ? findTimeInterval(value) : undefined;
  if (interval !== undefined) return interval;
  throw malformed(`${wanted} is one date`, `Parameters.parameter.where(name = '${wanted}').value`);
}

function categoriesOf(types: readonly string[]): DataCategory[] {
  return dataCategories
    .filter(({ code, resourceType }) => code === 'Patient' || types.includes(resourceType))
    .map(({ code }) => code);
}

function isOfType({ representative }: FactGroup, types: readonly string[] | undefined): boolean {
  return types === undefined || types.includes(representative.resource.resourceType);
}

/** Any record of the fact that is newer makes it new; one that does not say when it was stored may be. */
function isSince({ members }: FactGroup, since: number | undefined): boolean {
  if (since === undefined) return true;
  return members.some(({ resource: { meta } }) => {
    const stored = isRecord(meta) && typeof meta['lastUpdated'] === 'string' ? meta['lastUpdated'] : '';
    return !(Date.parse(stored) < since);
  });
}

/** Facts without a date are always among them: that they lack one says nothing about when they held. */
function isBetween(group: FactGroup, start: number | undefined, end: number | undefined): boolean {
  if (start === undefined && end === undefined) return true;
  const moment = momentOf(group, findSearchableType(group.representative.resource.resourceType));
  if (moment === undefined) return true;
  return (start === undefined || moment.until > start) && (end === undefined || moment.from < end);
}

export function getBsn(text: string, expression: string): Bsn {
  const bsn = /^\d{9}$/.test(text) ? findBsn(text) : undefined;
  if (bsn !== undefined) return bsn;
  const issue = {
    code: 'value',
    text: 'The BSN must have nine digits that pass the eleven-test',
    expression,
  };
  throw new Failure('malformed', issue.text, { issues: [issue] });
}

function malformed(text: string, expression: string): Failure {
  return new Failure('malformed', text, { issues: [{ text, expression }] });
}
