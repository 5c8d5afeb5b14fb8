import type { SearchParameterDefinition } from '@samenhang/fhir-http';

/** A search parameter and where its values are in a resource: what is indexed, searched and advertised. */
export interface IndexedParameter {
  readonly name: string;
  readonly type: SearchParameterDefinition['type'];
  /** Canonical URL of the SearchParameter. */
  readonly definition: string;
  /** Paths of elements in JSON, step by step; `extension(url)` steps into the extensions of that kind. */
  readonly paths: readonly (readonly string[])[];
  /** Types that a reference may point to. */
  readonly targets: readonly string[];
}

const HL7 = 'http://hl7.org/fhir/SearchParameter/';

/** Steps end at dots, except within the address of an extension. */
const STEP = /[^.(]+(?:\([^)]*\))?/g;

/** A parameter as `r4-search.json` writes it: `name type definition paths targets`. */
export function readIndexedParameter(line: string): IndexedParameter {
  const [name = '', type = '', definition = '', paths = '', targets = '-'] = line.split(' ');
  return {
    name,
    type: type as IndexedParameter['type'],
    definition: definition.startsWith('http') ? definition : HL7 + definition,
    paths: paths.split(',').map((path) => path.match(STEP) ?? []),
    targets: targets === '-' ? [] : targets.split(','),
  };
}

/** Of every type; what `_id` and `_lastUpdated` search has columns of its own. */
export const commonParameters: readonly IndexedParameter[] = [
  '_profile uri Resource-profile meta.profile',
  '_security token Resource-security meta.security',
  '_source uri Resource-source meta.source',
  '_tag token Resource-tag meta.tag',
].map(readIndexedParameter);
