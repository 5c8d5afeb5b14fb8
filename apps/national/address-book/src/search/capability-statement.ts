import { directoryTypes } from '../directory/directory-types.js';

const RELEASED = '2026-11-22';
const commonParameters = [
  { name: '_id', type: 'token' },
  { name: '_lastUpdated', type: 'date' },
  { name: 'identifier', type: 'token' },
  { name: 'active', type: 'token' },
  { name: 'status', type: 'token' },
  { name: 'name', type: 'string' },
];

/** What this server does, no more and no less (FHIR R4 capabilitystatement.html). */
export function capabilityStatement(base: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: RELEASED,
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    software: { name: 'Samenhang address book' },
    implementation: { description: 'National address book', url: base },
    rest: [
      {
        mode: 'server',
        security: { description: 'OAuth 2 access tokens bound with DPoP; scopes lrza:read and lrza:write.' },
        resource: Object.entries(directoryTypes).map(([type, references]) => ({
          type,
          interaction: ['read', 'vread', 'update', 'search-type', 'history-type'].map((code) => ({ code })),
          versioning: 'versioned-update',
          updateCreate: true,
          searchInclude: Object.keys(references).map((parameter) => `${type}:${parameter}`),
          searchParam: [
            ...commonParameters,
            ...Object.keys(references).map((name) => ({ name, type: 'reference' })),
          ],
        })),
        interaction: [{ code: 'transaction' }],
      },
    ],
  };
}
