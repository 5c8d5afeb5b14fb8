import { listProfile } from './guide-names.js';

const RELEASED = '2026-11-22';

const searchParameters = [
  {
    name: 'subject:identifier',
    type: 'token',
    documentation: 'Pseudonym token. By POST _search only, so that no token stands in a URL.',
  },
  {
    name: 'source:identifier',
    type: 'token',
    documentation: 'Restricts the search to the registrations of the caller.',
  },
  { name: 'code', type: 'token', documentation: 'Data category.' },
];

/** What this server does, no more and no less (FHIR R4 capabilitystatement.html). */
export function capabilityStatement(base: string): Readonly<Record<string, unknown>> {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: RELEASED,
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    software: { name: 'Samenhang reference index' },
    implementation: { description: 'National reference index', url: base },
    rest: [
      {
        mode: 'server',
        security: {
          description:
            'OAuth 2 access tokens bound with DPoP; scopes nvi:create, nvi:read, nvi:delete, nvi:localize.',
        },
        resource: [
          {
            type: 'List',
            profile: listProfile,
            interaction: ['create', 'read', 'delete', 'search-type'].map((code) => ({ code })),
            versioning: 'no-version',
            conditionalCreate: true,
            conditionalDelete: 'multiple',
            searchParam: searchParameters,
          },
        ],
        interaction: [{ code: 'transaction' }],
      },
    ],
  };
}
