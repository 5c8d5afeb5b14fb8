import {
  dataCategories,
  guardedTypes,
  guardsOf,
  identifierSystems,
  isDataCategory,
  isGuardedType,
  type DataCategory,
} from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { parseDate, type PatientQuestion } from '@samenhang/fhir-http';
import { findOwnPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn } from '@samenhang/patient-identity';

/** One patient's facts of several categories, in one request (FHIR R4 operation-patient-everything). */
export interface WholePatientQuestion {
  /** Absent: whose token it is; only a citizen's own says that. */
  readonly patient: PatientQuestion | undefined;
  readonly categories: readonly DataCategory[];
  /** Types of which facts of no data category are asked too: given where all that guards them is. */
  readonly others: readonly string[];
  /** ISO 8601: what was stored since then. */
  readonly since: string | undefined;
  /** ISO 8601: facts that were true at some moment from here on, and before there. What has no date is always among them. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

type Parameter = Readonly<Record<string, unknown>>;

const ONE_PATIENT = 'Exactly one parameter patient is required: an Identifier with system and value';
const names = new Set(['patient', 'category', 'other', '_type', '_since', 'start', 'end']);

/** @throws Failure('malformed'); texts name the parameter, never its value */
export function readWholePatientQuestion(body: unknown): WholePatientQuestion {
  const parameters = parametersOf(body);
  const unknown = parameters.find(({ name }) => typeof name !== 'string' || !names.has(name));
  if (unknown !== undefined)
    throw new Failure('malformed', `Parameters are of these names: ${[...names].join(', ')}`);
  return {
    patient: readPatient(parameters),
    categories: readCategories(parameters),
    others: readOthers(parameters),
    since: readTime(parameters, '_since', 'from'),
    from: readTime(parameters, 'start', 'from'),
    until: readTime(parameters, 'end', 'until'),
  };
}

/** Who asks for their own data need not be named: the token says who it is. @throws Failure('malformed') for others */
export function readOwnPatient(
  identity: VerifiedIdentity,
  binding: () => Pick<PatientBinding, 'open'>,
): PatientQuestion {
  const own = findOwnPatient(identity, binding);
  if (own === undefined) throw new Failure('malformed', ONE_PATIENT);
  return { by: 'identifier', ...own };
}

/** For the audit trail: without who the patient is. */
export function describeWholePatient(question: WholePatientQuestion): string {
  const { categories, others, since, from, until } = question;
  const parts = [
    ...(categories.length === dataCategories.length ? [] : [`category=${categories.join(',')}`]),
    ...(others.length === 0 || others.length === guardedTypes.length ? [] : [`other=${others.join(',')}`]),
    ...(since === undefined ? [] : [`_since=${since}`]),
    ...(from === undefined ? [] : [`start=${from}`]),
    ...(until === undefined ? [] : [`end=${until}`]),
  ];
  return parts.length === 0 ? 'Patient/$everything' : `Patient/$everything?${parts.join('&')}`;
}

function parametersOf(body: unknown): Parameter[] {
  const { resourceType, parameter = [] } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  const isList =
    Array.isArray(parameter) && parameter.every((one) => typeof one === 'object' && one !== null);
  if (resourceType !== 'Parameters' || !isList)
    throw new Failure('malformed', 'The body must be a FHIR Parameters resource');
  return parameter as Parameter[];
}

function readPatient(parameters: readonly Parameter[]): PatientQuestion | undefined {
  const [patient, ...others] = parameters.filter(({ name }) => name === 'patient');
  if (patient === undefined) return undefined;
  const { system, value } = (patient['valueIdentifier'] ?? {}) as { system?: unknown; value?: unknown };
  if (others.length > 0 || typeof system !== 'string' || system === '' || typeof value !== 'string')
    throw new Failure('malformed', ONE_PATIENT);
  if (system === identifierSystems.bsn && findBsn(value) === undefined)
    throw new Failure('malformed', 'The identifier is not a BSN');
  return { by: 'identifier', system, value };
}

/** The categories that both `category` and `_type` allow; whose data it is comes along always. */
function readCategories(parameters: readonly Parameter[]): DataCategory[] {
  const asked = codesOf(parameters, 'category');
  const types = codesOf(parameters, '_type');
  if (asked.some((code) => !isDataCategory(code)))
    throw new Failure('malformed', 'A category is a code of the data categories of localisation');
  return dataCategories
    .filter(
      ({ code, resourceType }) =>
        code === 'Patient' ||
        ((asked.length === 0 || asked.includes(code)) &&
          (types.length === 0 || types.includes(resourceType))),
    )
    .map(({ code }) => code);
}

/** Those that are named; all of the types that are asked when neither they nor categories are named. */
function readOthers(parameters: readonly Parameter[]): string[] {
  const named = codesOf(parameters, 'other');
  const types = codesOf(parameters, '_type');
  if (named.some((type) => !isGuardedType(type)))
    throw new Failure('malformed', 'The parameter other is a type with facts of no data category');
  const isAll = named.length === 0 && codesOf(parameters, 'category').length === 0;
  return guardedTypes.filter(
    (type) => (isAll || named.includes(type)) && (types.length === 0 || types.includes(type)),
  );
}

/** All that has to be decided: the categories, and what guards the other types. */
export function decidedFor({ categories, others }: WholePatientQuestion): DataCategory[] {
  return [...new Set([...categories, ...others.flatMap(guardsOf)])];
}

function codesOf(parameters: readonly Parameter[], name: string): string[] {
  return parameters
    .filter((parameter) => parameter['name'] === name)
    .flatMap((parameter) => {
      const value = parameter['valueCode'] ?? parameter['valueString'];
      if (typeof value !== 'string') throw new Failure('malformed', `The parameter ${name} is a code`);
      return value.split(',').filter((code) => code !== '');
    });
}

function readTime(
  parameters: readonly Parameter[],
  name: string,
  side: 'from' | 'until',
): string | undefined {
  const [parameter, ...others] = parameters.filter((one) => one['name'] === name);
  if (parameter === undefined) return undefined;
  const value = parameter['valueInstant'] ?? parameter['valueDateTime'] ?? parameter['valueDate'];
  if (others.length > 0 || typeof value !== 'string' || /^[a-z]/.test(value))
    throw new Failure('malformed', `The parameter ${name} is one date`);
  return new Date(parseDate(value, name)[side]).toISOString();
}
