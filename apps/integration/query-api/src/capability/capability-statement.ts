import { canonicalBase } from '@samenhang/data-model';

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
        documentation: 'A BSN is accepted in the body of a request only.',
        security: {
          cors: false,
          description:
            'OAuth 2 access token for the base URL of the service, scope view:read, bound to the client with DPoP (RFC 9449).',
        },
        resource: [
          {
            type: 'Patient',
            operation: [
              { name: 'everything', definition: `${canonicalBase}/OperationDefinition/patient-view` },
            ],
          },
        ],
      },
    ],
  };
}
