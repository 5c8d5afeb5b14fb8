import { dataCategories, getUra, identifierSystems, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  categoriesAskedFor,
  checkSearch,
  nameOf,
  parsePrefer,
  parseSearchParameters,
  parseToken,
  patientQuestionOf,
  type PatientQuestion,
  type RawParameters,
  type ResourceDefinition,
  type SearchParameter,
} from '@samenhang/fhir-http';
import { findBsn } from '@samenhang/patient-identity';
import { decisiveCategories } from '../resources/grants.js';
import { findRecordedType } from '../resources/record-resources.js';
import { readAnswerForm, type AnswerForm } from './answer-form.js';
import { notSupported } from './body-criteria.js';
import type { Visible } from './included-rows.js';
import { readReach, reachesFurther, typesReached, type Reach } from './reach.js';
import { SearchConditions } from './search-conditions.js';
import { addCriteria } from './search-criteria.js';
import { isOfPatient } from './searched-parameter.js';
import { addCursor } from './sort-order.js';

export interface SearchRequest {
  readonly definition: ResourceDefinition;
  readonly base: string;
  readonly query: RawParameters;
  /** Form of a POST `_search`, or a search within a Bundle: not part of any URL. */
  readonly form: RawParameters | undefined;
  readonly prefer: string | undefined;
  /** For `Observation/$lastn`. */
  readonly isNewestOfCode?: boolean;
}

/** What a search asks, before anything is looked up: one patient, the categories it could deliver, the criteria. */
export interface HolderQuestion {
  readonly definition: ResourceDefinition;
  readonly base: string;
  readonly patient: PatientQuestion;
  /** Those that decide about what is searched. */
  readonly ownCategories: readonly DataCategory[];
  /** Those and what decides about what comes along. */
  readonly categories: readonly DataCategory[];
  /** Criteria and cursor, without what names the patient by a chain. */
  readonly parameters: readonly SearchParameter[];
  /** Criteria about what the searched refers to, or what refers to it. */
  readonly reaches: readonly Reach[];
  readonly form: AnswerForm;
  readonly ignored: readonly string[];
}

/** @throws Failure('malformed') */
export function readHolderQuestion(request: SearchRequest): HolderQuestion {
  const { definition, base, query, form: sent } = request;
  const inUrl = parseSearchParameters(query);
  refuseCitizenNumber(inUrl);
  refuseReachingFurther(definition, inUrl);
  const asked = readChains(definition, [...inUrl, ...parseSearchParameters(sent)]);
  refuseReachingFurther(definition, asked.parameters);
  refuseOtherCitizens(definition, asked.parameters);
  const patient = patientOf(definition, asked, base);
  const newest = request.isNewestOfCode === true ? readMax(asked.parameters) : undefined;
  const criteria = asked.parameters.filter(
    (parameter) => !reachesFurther(parameter) && (newest === undefined || parameter.name !== 'max'),
  );
  const reaches = asked.parameters
    .filter(reachesFurther)
    .map((parameter) => readReach(definition.type, parameter));
  refuseModifiers(definition, criteria);
  const prefer = parsePrefer(request.prefer);
  const checked = checkSearch(definition, criteria, prefer);
  const further = reaches.flatMap(typesReached);
  const { form, ignored } = readAnswerForm(definition.type, checked.parameters, further, newest);
  if (ignored.length > 0 && prefer.handling === 'strict') throw unsupported(ignored);
  assertCriteria(definition.type, { parameters: checked.parameters, reaches }, base, form);
  const ownCategories = categoriesOf(definition.type, checked.parameters);
  return {
    definition,
    base,
    patient,
    ownCategories,
    categories: [...new Set([...ownCategories, ...form.alongTypes.flatMap(decisiveCategories)])],
    parameters: checked.parameters,
    reaches,
    form,
    ignored: [...checked.ignored, ...ignored],
  };
}

const nobody: Visible = {
  tenant: getUra('00000000'),
  person: { patientKeys: [], patientId: undefined, otherIds: [], bsnKey: null, address: '' },
  grants: [],
};

/** What cannot be read is told before anybody is asked anything. @throws Failure('malformed') */
function assertCriteria(
  type: string,
  criteria: Pick<HolderQuestion, 'parameters' | 'reaches'>,
  base: string,
  form: AnswerForm,
): void {
  const unused = new SearchConditions();
  addCriteria(unused, type, criteria, { base, visible: nobody });
  addCursor(unused, form.sort, criteria.parameters);
}

const unsupported = (names: readonly string[]): Failure =>
  new Failure('malformed', 'Search parameters are not supported', {
    issues: names.map((name) => ({ code: 'not-supported', text: `Not supported: ${name}` })),
  });

/**
 * A modifier changes what is asked: one that is not understood is refused, whatever the caller prefers
 * (http://hl7.org/fhir/R4/search.html#modifiers).
 */
function refuseModifiers(
  { searchParameters }: ResourceDefinition,
  parameters: readonly SearchParameter[],
): void {
  const refused = parameters.filter(
    ({ name, modifier }) =>
      modifier !== undefined &&
      searchParameters.some((each) => each.name === name && each.modifiers?.includes(modifier) !== true),
  );
  if (refused.length === 0) return;
  throw notSupported(
    'modifiers',
    refused.map((parameter) => `Not supported: ${nameOf(parameter)}`),
  );
}

interface AskedOfPatient {
  readonly parameters: readonly SearchParameter[];
  /** `system|value` of the patient, from `patient.identifier` and its like. */
  readonly identifiers: readonly SearchParameter[];
}

const patientNames = new Set(['patient', 'subject', 'beneficiary']);

/** `patient.identifier=` and `subject:Patient.identifier=` name the patient, as `identifier=` does in a search of Patient. */
function readChains({ type }: ResourceDefinition, all: readonly SearchParameter[]): AskedOfPatient {
  const isChain = ({ name, modifier, chain }: SearchParameter): boolean =>
    type !== 'Patient' &&
    patientNames.has(name) &&
    chain === 'identifier' &&
    (modifier === undefined || modifier === 'Patient');
  return {
    parameters: all.filter((parameter) => !isChain(parameter)),
    identifiers: all.filter(isChain).map(({ values }) => ({ name: 'identifier', values })),
  };
}

/** The one patient, by whichever of its names; more than one name must mean the same. */
function patientOf(
  { type }: ResourceDefinition,
  { parameters, identifiers }: AskedOfPatient,
  base: string,
): PatientQuestion {
  if (identifiers.length === 0) return patientQuestionOf(type, parameters.map(asPatient), base);
  if (parameters.some(({ name }) => patientNames.has(name)))
    throw new Failure('malformed', 'The patient is named once');
  return patientQuestionOf('Patient', identifiers, base);
}

const asPatient = (parameter: SearchParameter): SearchParameter =>
  parameter.name === 'beneficiary' ? { ...parameter, name: 'patient' } : parameter;

const categoryCodes: ReadonlySet<string> = new Set(
  dataCategories.flatMap(({ search }) => ('category' in search ? [search.category] : [])),
);

/** What must be decided for a search: the categories it could deliver, and what guards facts of none. */
function categoriesOf(type: string, parameters: readonly SearchParameter[]): DataCategory[] {
  const plain = parameters.filter(({ modifier }) => modifier === undefined);
  const guards = mayHaveUncategorised(plain) ? (findRecordedType(type)?.guards ?? []) : [];
  return [...new Set([...categoriesAskedFor(type, plain), ...guards])];
}

/** Unless it asks for one of the categories by its code. */
function mayHaveUncategorised(parameters: readonly SearchParameter[]): boolean {
  return parameters
    .filter(({ name }) => name === 'category')
    .every(({ values }) => values.some((value) => !categoryCodes.has(parseToken(value).code ?? '')));
}

function readMax(parameters: readonly SearchParameter[]): number {
  const text = parameters.find(({ name }) => name === 'max')?.values[0] ?? '1';
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Failure('malformed', 'max is a whole number from 1 to 999');
  return Number(text);
}

const namesOfPatients = new Set(['identifier', 'patient', 'subject', 'beneficiary']);

/**
 * A BSN in a URL ends up in logs along the way: it is refused even where it would be understood. Elsewhere nine digits
 * may well be a SNOMED CT code.
 */
function refuseCitizenNumber(parameters: readonly SearchParameter[]): void {
  const holdsNumber = ({ name, values }: SearchParameter): boolean =>
    values.some(
      (value) =>
        value.includes(identifierSystems.bsn) ||
        (namesOfPatients.has(name) && value.split('|').some((part) => findBsn(part) !== undefined)),
    );
  if (parameters.some(holdsNumber)) {
    throw new Failure('malformed', 'A BSN goes in the body of POST [type]/_search, never in a URL');
  }
}

/** Who somebody else is, is no criterion: it would be in the links of the answer, and tell who is related to whom. */
function refuseOtherCitizens({ type }: ResourceDefinition, parameters: readonly SearchParameter[]): void {
  const others = parameters.filter(
    ({ name, values }) =>
      !(type === 'Patient' && name === 'identifier') &&
      values.some((value) => value.includes(identifierSystems.bsn)),
  );
  if (others.length > 0) throw new Failure('malformed', 'A BSN names the patient of a search, nobody else');
}

/** Parameters by which a search looks beyond the one patient, or runs what the caller wrote. */
const reachingFurther = new Set([
  '_query',
  '_filter',
  '_list',
  '_contained',
  '_containedType',
  '_text',
  '_content',
]);

/**
 * Left out of account, as FHIR lets a server do with what it does not support, these would make an attempt to see more
 * look like an ordinary search: they are refused, whatever the caller prefers. So is a patient who is named by a chain in a URL.
 */
function refuseReachingFurther(
  { type, revIncludes = [] }: ResourceDefinition,
  parameters: readonly SearchParameter[],
): void {
  const refused = parameters.filter(
    ({ name, chain, values }) =>
      (chain !== undefined && name !== '_has' && isOfPatient(type, name)) ||
      reachingFurther.has(name) ||
      (name === '_include' && values.some((value) => value.includes('*'))) ||
      (name === '_revinclude' && !values.every((value) => revIncludes.includes(value))),
  );
  if (refused.length === 0) return;
  throw new Failure('malformed', 'A search stays with one patient', {
    issues: refused.map((parameter) => ({
      code: 'not-supported',
      text: `Not allowed: ${nameOf(parameter)}`,
    })),
  });
}

/** The question as the audit trail may keep it: without what tells who the patient is, and without free text. */
export function describeForAudit({ definition, parameters, reaches, form }: HolderQuestion): string {
  const { type, searchParameters } = definition;
  const isText = ({ name, modifier }: SearchParameter): boolean =>
    modifier === 'text' || searchParameters.some((each) => each.name === name && each.type === 'string');
  const isWho = ({ name }: SearchParameter): boolean =>
    namesOfPatients.has(name) || (type === 'Patient' && (name === '_id' || name === 'birthdate'));
  const kept = parameters.filter((parameter) => !isWho(parameter) && parameter.name !== '_cursor');
  const query = [
    ...kept.map((parameter) =>
      isText(parameter) ? nameOf(parameter) : `${nameOf(parameter)}=${parameter.values.join(',')}`,
    ),
    // What is asked through a reference may be a name.
    ...reaches.map(({ asked }) => nameOf(asked)),
  ].join('&');
  const path = form.newestOfCode === undefined ? type : `${type}/$lastn`;
  return query === '' ? path : `${path}?${query}`;
}
