import type { ResourceDefinition } from './resource-definition.js';

export interface ServerDescription {
  readonly title: string;
  readonly version: string;
  /** Base URL of the FHIR API. */
  readonly base: string;
  /** When the definitions last changed. */
  readonly date: string;
  readonly resources: readonly ResourceDefinition[];
  /** What can be sent to the base itself. */
  readonly interactions?: readonly ('batch' | 'transaction')[];
}

/** The CapabilityStatement of a server, from the very definitions its routes are checked against. */
export function capabilityStatement(server: ServerDescription): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: server.date,
    kind: 'instance',
    software: { name: server.title, version: server.version },
    implementation: { description: server.title, url: server.base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every request is about exactly one patient. A BSN is accepted in the body of POST [type]/_search only.',
        security: {
          cors: false,
          description:
            'OAuth 2 access token for this base URL, scope holder:read, bound to the client with DPoP (RFC 9449).',
        },
        resource: server.resources.map(describe),
        ...(server.interactions === undefined
          ? {}
          : { interaction: server.interactions.map((code) => ({ code })) }),
      },
    ],
  };
}

function describe(definition: ResourceDefinition): object {
  return {
    type: definition.type,
    ...(definition.profiles === undefined ? {} : { supportedProfile: definition.profiles }),
    interaction: definition.interactions.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: definition.interactions.includes('vread'),
    updateCreate: false,
    ...(definition.includes === undefined || definition.includes.length === 0
      ? {}
      : { searchInclude: definition.includes }),
    ...(definition.revIncludes === undefined || definition.revIncludes.length === 0
      ? {}
      : { searchRevInclude: definition.revIncludes }),
    searchParam: definition.searchParameters.map(({ name, type, definition: url, documentation }) => ({
      name,
      definition: url,
      type,
      ...(documentation === undefined ? {} : { documentation }),
    })),
    ...(definition.operations === undefined ? {} : { operation: definition.operations }),
  };
}
