import { dataCategories, type DataCategory, type FhirResource } from '@samenhang/data-model';
import { parseForm } from '@samenhang/service-kit';
import { parseSearchParameters } from '@samenhang/fhir-http';
import { knowsModifier, testOf, type ResourceTest } from '../search/match-parameter.js';
import { findSearchableType } from '../search/searchable-types.js';

/** What the SMART scopes of a token leave of an answer. */
export interface Restriction {
  readonly permits: (resource: FhirResource) => boolean;
  readonly permitsCategory: (category: DataCategory) => boolean;
  /** Whether any resource of the type may be covered. */
  readonly permitsType: (type: string) => boolean;
}

interface Grant {
  readonly type: string;
  readonly test: ResourceTest;
}

const CONTEXT = /^(?:patient|user|system)\//;
/** http://hl7.org/fhir/smart-app-launch/STU2/scopes-and-launch-context.html; `read` and `*` are of version 1. */
const SCOPE = /^(?:patient|user|system)\/([A-Z][A-Za-z]+|\*)\.(c?r?u?d?s?|read|\*)(?:\?(.+))?$/;

/**
 * Undefined when the token has no SMART scopes: then policy and consent alone decide. Otherwise every resource needs a
 * scope that covers it; one that cannot be understood covers nothing.
 */
export function restrictionOf(scopes: ReadonlySet<string>): Restriction | undefined {
  const clinical = [...scopes].filter((scope) => CONTEXT.test(scope));
  if (clinical.length === 0) return undefined;
  const grants = clinical.flatMap(readGrant);
  const covers = (grant: Grant, type: string): boolean => grant.type === '*' || grant.type === type;
  return {
    permits: (resource) =>
      grants.some((grant) => covers(grant, resource.resourceType) && grant.test(resource)),
    permitsType: (type) => grants.some((grant) => covers(grant, type)),
    permitsCategory: (code) =>
      dataCategories.some(
        (category) => category.code === code && grants.some((grant) => covers(grant, category.resourceType)),
      ),
  };
}

function readGrant(scope: string): Grant[] {
  const [, type = '', rights = '', constraint] = SCOPE.exec(scope) ?? [];
  // All that is offered here are searches: reading by id alone gives nothing.
  if (type === '' || !(rights.endsWith('s') || rights === 'read' || rights === '*')) return [];
  if (constraint === undefined) return [{ type, test: () => true }];
  const tests = readConstraint(type, constraint);
  return tests === undefined ? [] : [{ type, test: (resource) => tests.every((test) => test(resource)) }];
}

function readConstraint(type: string, constraint: string): ResourceTest[] | undefined {
  const searchable = findSearchableType(type);
  if (searchable === undefined) return undefined;
  try {
    const tests = parseSearchParameters(parseForm(constraint)).map((criterion) => {
      const definition = searchable.parameters.find(({ name }) => name === criterion.name);
      const isKnown =
        definition !== undefined && criterion.chain === undefined && criterion.values.length > 0;
      return isKnown && knowsModifier(definition.kind, criterion.modifier)
        ? testOf(definition, criterion)
        : undefined;
    });
    return tests.every((test) => test !== undefined) ? tests : undefined;
  } catch {
    return undefined;
  }
}
