import type {
  OperationReference,
  ResourceDefinition,
  SearchParameterDefinition,
} from './resource-definition.js';

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
  /** What is asked of the server beside its resources. */
  readonly operations?: readonly OperationReference[];
  /** Types of which nothing can be asked but these. */
  readonly operationsOf?: readonly {
    readonly type: string;
    readonly operation: readonly OperationReference[];
  }[];
  /** Media types beside FHIR's JSON. */
  readonly formats?: readonly string[];
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
    format: ['application/fhir+json', ...(server.formats ?? [])],
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
        resource: [...server.resources.map(describe), ...(server.operationsOf ?? [])],
        ...(server.interactions === undefined
          ? {}
          : { interaction: server.interactions.map((code) => ({ code })) }),
        ...(server.operations === undefined ? {} : { operation: server.operations }),
      },
    ],
  };
}

function describe(definition: ResourceDefinition): object {
  return {
    type: definition.type,
    ...(definition.profiles === undefined ? {} : { supportedProfile: definition.profiles }),
    ...(definition.documentation === undefined ? {} : { documentation: definition.documentation }),
    interaction: definition.interactions.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: definition.interactions.includes('vread'),
    updateCreate: false,
    ...(definition.conditionalRead === true && definition.interactions.includes('read')
      ? { conditionalRead: 'full-support' }
      : {}),
    ...(definition.includes === undefined || definition.includes.length === 0
      ? {}
      : { searchInclude: definition.includes }),
    ...(definition.revIncludes === undefined || definition.revIncludes.length === 0
      ? {}
      : { searchRevInclude: definition.revIncludes }),
    ...(definition.searchParameters.length === 0
      ? {}
      : { searchParam: definition.searchParameters.map(describeParameter) }),
    ...(definition.operations === undefined ? {} : { operation: definition.operations }),
  };
}

function describeParameter({ name, type, definition, documentation }: SearchParameterDefinition): object {
  return { name, definition, type, ...(documentation === undefined ? {} : { documentation }) };
}
