import type { Prefer } from './prefer.js';
import { Failure } from '@samenhang/errors';
import { nameOf, type SearchParameter } from './search-parameters.js';

/** What a server can do with one type of resource: the router and the CapabilityStatement both read it from here. */
export interface ResourceDefinition {
  readonly type: string;
  readonly interactions: readonly ('read' | 'vread' | 'search-type')[];
  readonly profiles?: readonly string[];
  readonly searchParameters: readonly SearchParameterDefinition[];
  /** `_include` values, e.g. `MedicationRequest:medication`. */
  readonly includes?: readonly string[];
  readonly operations?: readonly OperationReference[];
}

/** An operation on the type, by name and by the canonical URL of its OperationDefinition. */
export interface OperationReference {
  readonly name: string;
  readonly definition: string;
}

export interface SearchParameterDefinition {
  readonly name: string;
  readonly type: 'token' | 'date' | 'reference' | 'string' | 'uri';
  /** Canonical URL of the SearchParameter. */
  readonly definition: string;
  readonly documentation?: string;
}

/** Parameters that shape the answer rather than select (http://hl7.org/fhir/R4/search.html#modifyingresults). */
const resultParameters = new Set(['_count', '_cursor', '_include', '_format']);

export interface CheckedSearch {
  readonly parameters: readonly SearchParameter[];
  /** What was left out of account: told to the client in the answer. */
  readonly ignored: readonly string[];
}

/**
 * Separates what this server supports from what it does not (http://hl7.org/fhir/R4/search.html#errors).
 * @throws Failure('malformed') under strict handling when anything is unsupported
 */
export function checkSearch(
  definition: ResourceDefinition,
  parameters: readonly SearchParameter[],
  prefer: Prefer,
): CheckedSearch {
  const supported = parameters.filter((parameter) => isSupported(definition, parameter));
  const ignored = parameters.filter((parameter) => !supported.includes(parameter)).map(nameOf);
  if (ignored.length > 0 && prefer.handling === 'strict') {
    throw new Failure('malformed', 'Search parameters are not supported', {
      issues: ignored.map((name) => ({ code: 'not-supported', text: `Not supported: ${name}` })),
    });
  }
  return { parameters: supported, ignored };
}

function isSupported(definition: ResourceDefinition, parameter: SearchParameter): boolean {
  if (parameter.chain !== undefined || parameter.modifier !== undefined || parameter.values.length === 0)
    return false;
  if (parameter.name === '_include') {
    return parameter.values.every((value) => definition.includes?.includes(value) === true);
  }
  return (
    resultParameters.has(parameter.name) ||
    definition.searchParameters.some((candidate) => candidate.name === parameter.name)
  );
}
