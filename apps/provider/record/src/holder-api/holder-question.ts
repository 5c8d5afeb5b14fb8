import { identifierSystems, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  categoriesAskedFor,
  checkSearch,
  nameOf,
  parsePrefer,
  parseSearchParameters,
  patientQuestionOf,
  type PatientQuestion,
  type RawParameters,
  type ResourceDefinition,
  type SearchParameter,
} from '@samenhang/fhir-http';
import { findBsn } from '@samenhang/patient-identity';
import { assertCriteria } from './search-conditions.js';

export interface SearchRequest {
  readonly definition: ResourceDefinition;
  readonly base: string;
  readonly query: RawParameters;
  /** Form of a POST `_search`. */
  readonly form: RawParameters | undefined;
  readonly prefer: string | undefined;
}

/** What a search asks, before anything is looked up: one patient, the categories it could deliver, the criteria. */
export interface HolderQuestion {
  readonly definition: ResourceDefinition;
  readonly base: string;
  readonly patient: PatientQuestion;
  readonly categories: readonly DataCategory[];
  readonly parameters: readonly SearchParameter[];
  readonly ignored: readonly string[];
}

/** @throws Failure('malformed') */
export function readHolderQuestion(request: SearchRequest): HolderQuestion {
  const { definition, base, query, form } = request;
  refuseCitizenNumber(parseSearchParameters(query));
  const asked = parseSearchParameters(query, form);
  refuseReachingFurther(asked);
  const patient = patientQuestionOf(definition.type, asked, base);
  const { parameters, ignored } = checkSearch(definition, asked, parsePrefer(request.prefer));
  assertCriteria(definition.type, parameters);
  return {
    definition,
    base,
    patient,
    categories: categoriesAskedFor(definition.type, parameters),
    parameters,
    ignored,
  };
}

const namesOfPatients = new Set(['identifier', 'patient', 'subject']);

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

/** Parameters by which a search looks beyond the one patient, or runs what the caller wrote. */
const reachingFurther = new Set(['_revinclude', '_has', '_query', '_filter', '_list', '_contained']);

/**
 * Left out of account, as FHIR lets a server do with what it does not support, these would make an attempt to see more
 * look like an ordinary search: they are refused, whatever the caller prefers.
 */
function refuseReachingFurther(parameters: readonly SearchParameter[]): void {
  const refused = parameters.filter(
    ({ name, chain, values }) =>
      chain !== undefined ||
      reachingFurther.has(name) ||
      (name === '_include' && values.some((value) => value.includes('*'))),
  );
  if (refused.length === 0) return;
  throw new Failure('malformed', 'A search stays with one patient', {
    issues: refused.map((parameter) => ({
      code: 'not-supported',
      text: `Not allowed: ${nameOf(parameter)}`,
    })),
  });
}

/** The question as the audit trail may keep it: without what tells who the patient is. */
export function describeForAudit({ definition, parameters }: HolderQuestion): string {
  const kept = parameters.filter(
    ({ name }) =>
      !namesOfPatients.has(name) && name !== '_cursor' && !(name === '_id' && definition.type === 'Patient'),
  );
  const query = kept.map((parameter) => `${nameOf(parameter)}=${parameter.values.join(',')}`).join('&');
  return query === '' ? definition.type : `${definition.type}?${query}`;
}
