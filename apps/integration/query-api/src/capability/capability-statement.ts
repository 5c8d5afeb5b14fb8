import type { SearchableType } from '../search/searchable-types.js';
import { searchableTypes } from '../search/searchable-types.js';
import { offeredOperations } from './operations.js';
import { subscriptionCapability } from './subscription-offer.js';

/** What this release of the API offers, at the base URL of its FHIR API (http://hl7.org/fhir/R4/capabilitystatement.html). */
export function capabilityStatement(base: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-22',
    kind: 'instance',
    software: { name: 'Samenhang query API', version: '0.1.0' },
    implementation: {
      description: 'One coherent view of a patient from all registered custodians',
      url: base,
    },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every request is about exactly one person, who is named by BSN in the body of a POST: identifier for Patient, patient.identifier (or subject, beneficiary) for other types. A BSN in a URL is refused.',
        security: {
          cors: false,
          description:
            'OAuth 2 access token for the base URL of the service, scope view:read, bound to the client with DPoP (RFC 9449). SMART scopes (v2) beside it narrow every answer.',
        },
        resource: [...searchableTypes.map(describe), subscriptionCapability],
      },
    ],
  };
}

function describe({ type, parameters, includes, patientParameters }: SearchableType): object {
  const operation = offeredOperations
    .filter((offered) => offered.type === type)
    .map(({ name, definition }) => ({ name, definition }));
  return {
    type,
    interaction: [
      {
        code: 'search-type',
        documentation: `POST ${type}/_search; the person in ${patientParameters
          .map((name) => (name === 'identifier' ? name : `${name}.identifier`))
          .join(' or ')}.`,
      },
    ],
    searchInclude: includes.map(({ name }) => `${type}:${name}`),
    searchRevInclude: ['Provenance:target'],
    searchParam: parameters.map(({ name, kind, definition }) => ({ name, definition, type: kind })),
    ...(operation.length === 0 ? {} : { operation }),
  };
}
