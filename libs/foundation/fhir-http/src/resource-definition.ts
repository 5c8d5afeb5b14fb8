import type { Prefer } from './prefer.js';
import { Failure } from '@samenhang/errors';
import { nameOf, type SearchParameter } from './search-parameters.js';

export type TypeInteraction = 'read' | 'vread' | 'history-instance' | 'history-type' | 'search-type';

/** What a server can do with one type of resource: the router and the CapabilityStatement both read it from here. */
export interface ResourceDefinition {
  readonly type: string;
  readonly documentation?: string;
  readonly interactions: readonly TypeInteraction[];
  /** Reads heed If-None-Match and If-Modified-Since. */
  readonly conditionalRead?: boolean;
  readonly profiles?: readonly string[];
  readonly searchParameters: readonly SearchParameterDefinition[];
  /** `_include` values, e.g. `MedicationRequest:medication`. */
  readonly includes?: readonly string[];
  /** `_revinclude` values, e.g. `Provenance:target`. */
  readonly revIncludes?: readonly string[];
  /** Parameters that shape the answer, beyond those that every server knows. */
  readonly resultParameters?: readonly string[];
  readonly operations?: readonly OperationReference[];
}

/** An operation on the type, by name and by the canonical URL of its OperationDefinition. */
export interface OperationReference {
  readonly name: string;
  readonly documentation?: string;
  readonly definition: string;
}

export interface SearchParameterDefinition {
  readonly name: string;
  readonly type: 'token' | 'date' | 'reference' | 'string' | 'uri' | 'quantity' | 'composite';
  /** Canonical URL of the SearchParameter. */
  readonly definition: string;
  readonly documentation?: string;
  /** Modifiers that are understood; a type of resource as modifier of a reference among them. */
  readonly modifiers?: readonly string[];
  /** Types that a reference may point to. */
  readonly targets?: readonly string[];
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
  const { name, modifier, chain, values } = parameter;
  if (chain !== undefined || values.length === 0) return false;
  if (name === '_include' || name === '_revinclude') return isKnownInclude(definition, parameter);
  if (resultParameters.has(name) || definition.resultParameters?.includes(name) === true)
    return modifier === undefined;
  return definition.searchParameters.some(
    (candidate) =>
      candidate.name === name && (modifier === undefined || candidate.modifiers?.includes(modifier) === true),
  );
}

/** `Type:parameter`, or `Type:parameter:Target` to follow references to one type only; `:iterate` where it is offered. */
function isKnownInclude(
  definition: ResourceDefinition,
  { name, modifier, values }: SearchParameter,
): boolean {
  const known = (name === '_include' ? definition.includes : definition.revIncludes) ?? [];
  const iterated = definition.resultParameters?.includes(`${name}:iterate`) === true;
  if (modifier !== undefined && !(modifier === 'iterate' && iterated)) return false;
  return values.every((value) => iterated || known.includes(value.split(':').slice(0, 2).join(':')));
}
