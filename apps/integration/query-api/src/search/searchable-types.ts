import { careParameters } from './care-parameters.js';
import { factsParameters } from './facts-parameters.js';
import type { ParameterKind, ParameterLine } from './parameter-line.js';

export type { ParameterKind } from './parameter-line.js';

export interface SearchableParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Canonical URL of the SearchParameter. */
  readonly definition: string;
  /** Where the values are; a dot descends, lists are taken apart. Of a composite: where its second value is. */
  readonly paths: readonly string[];
}

export interface SearchableType {
  readonly type: string;
  /** By which parameter the patient is named, always with `.identifier`. */
  readonly patientParameters: readonly string[];
  readonly parameters: readonly SearchableParameter[];
  /** References that `_include` follows. */
  readonly includes: readonly { readonly name: string; readonly paths: readonly string[] }[];
}

const canonical = 'http://hl7.org/fhir/SearchParameter/';

const shared: readonly ParameterLine[] = [
  ['_id', 'token', 'Resource-id', 'id'],
  ['_lastUpdated', 'date', 'Resource-lastUpdated', 'meta.lastUpdated'],
  ['_profile', 'uri', 'Resource-profile', 'meta.profile'],
  ['_security', 'token', 'Resource-security', 'meta.security'],
  ['_source', 'uri', 'Resource-source', 'meta.source'],
  ['_tag', 'token', 'Resource-tag', 'meta.tag'],
];

/** Where resources say whom they are about. */
const subjects = ['subject', 'patient', 'beneficiary'] as const;

/** What the search API offers: requests are checked against it, and CapabilityStatement and OpenAPI are made of it. */
export const searchableTypes: readonly SearchableType[] = [...factsParameters, ...careParameters].map(
  ({ type, patient = ['patient', 'subject'], parameters, includes = {} }) => ({
    type,
    patientParameters: patient,
    parameters: [...shared, ...parameters].map(([name, kind, definition, ...paths]) => ({
      name,
      kind,
      definition: definition.startsWith('own:')
        ? `https://samenhang.example/fhir/SearchParameter/${definition.slice('own:'.length)}`
        : canonical + definition,
      paths,
    })),
    includes: [
      ...Object.entries(includes).map(([name, paths]) => ({ name, paths })),
      ...(type === 'Patient' ? [] : patient.map((name) => ({ name, paths: [...subjects] }))),
    ],
  }),
);

const byType = new Map(searchableTypes.map((searchable) => [searchable.type, searchable]));

export function findSearchableType(type: string): SearchableType | undefined {
  return byType.get(type);
}
