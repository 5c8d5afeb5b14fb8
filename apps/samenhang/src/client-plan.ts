import type { ClientPlan } from '@samenhang/identity';

/** Care providers of the demonstration with their type (RoleCodeNL). A deployment names its own in `CLIENT_PLAN`. */
export const demoFacilityTypes: Readonly<Record<string, string>> = {
  '11111111': 'Z3',
  '22222222': 'V4',
  '33333333': 'X3',
  '44444444': 'A1',
};

/**
 * OAuth clients: every service that calls another, with no more than it needs, and the demonstration's own.
 * @param citizenUrl address of the citizen portal, to which citizens come back from their login
 */
export function clientPlan(
  facilityTypes: Readonly<Record<string, string>>,
  citizenUrl: string,
): ClientPlan[] {
  const everyone = { organisations: ['*'], facilityTypes };
  return [
    {
      clientId: 'registrar',
      title: 'Registrar',
      ...everyone,
      scopes: ['prs:evaluate', 'nvi:create', 'nvi:read', 'nvi:delete', 'consent:ask'],
    },
    {
      clientId: 'ingest',
      title: 'Ingest, for dry runs of replays',
      ...everyone,
      scopes: ['normalise:map', 'record:compare'],
    },
    {
      clientId: 'consent-register',
      title: 'Consent register, for restrictions at the reference index',
      organisations: ['90000001'],
      facilityTypes,
      scopes: ['prs:evaluate', 'nvi:restrict', 'nvi:restrict-any'],
    },
    {
      clientId: 'address-book',
      title: 'Address book, where it follows another',
      ...everyone,
      scopes: ['lrza:read'],
    },
    {
      clientId: 'record',
      title: 'Record store',
      ...everyone,
      scopes: ['consent:ask', 'consent:secondary-use', 'permits:standing', 'prs:evaluate'],
    },
    {
      clientId: 'query-api',
      title: 'Query API',
      ...everyone,
      scopes: ['prs:evaluate', 'nvi:localize', 'nvi:subscribe', 'lrza:read', 'holder:read', 'consent:ask'],
    },
    {
      clientId: 'transfer',
      title: 'Transfer between care providers',
      ...everyone,
      scopes: ['lrza:read', 'transfer:exchange', 'record:transfer'],
    },
    {
      clientId: 'secondary-use-api',
      title: 'Secondary-use API',
      ...everyone,
      scopes: ['lrza:read', 'prs:register', 'secondary:run'],
    },
    {
      clientId: 'fhir-source',
      title: 'Nursing home De Linde, own FHIR endpoint',
      organisations: ['33333333'],
      facilityTypes,
      scopes: ['prs:evaluate', 'nvi:create', 'nvi:read', 'nvi:delete', 'consent:ask', 'lrza:write'],
    },
    {
      clientId: 'reference-index',
      title: 'Reference index, as recipient of pseudonyms',
      ...everyone,
      scopes: ['prs:register'],
    },
    {
      clientId: 'operator',
      title: 'Operator of the installation: keys of pseudonymisation and of tokens',
      ...everyone,
      scopes: ['prs:admin', 'keys:admin'],
    },
    {
      clientId: 'console',
      title: 'Console of those who connect sources',
      ...everyone,
      scopes: ['ingest:admin', 'ingest:content', 'mapping:admin', 'registrations:read', 'access:evaluate'],
    },
    {
      clientId: 'research-portal',
      title: 'Portal of researchers, assessors and checkers',
      ...everyone,
      scopes: ['research:use', 'research:assess', 'research:check'],
    },
    {
      clientId: 'developer-portal',
      title: 'Portal of developers, for trying the query API',
      ...everyone,
      scopes: ['view:read'],
    },
    {
      clientId: 'winding-up',
      title: 'Party with a mandate to wind up care providers that stopped',
      ...everyone,
      scopes: ['nvi:purge', 'lrza:write'],
    },
    {
      clientId: 'pgo',
      title: 'Personal health environment of the demonstration',
      organisations: [],
      scopes: ['holder:read', 'view:read', 'audit:own', 'consent:own'],
      // Nothing listens there: a test reads the code off the address it is sent to.
      redirectUris: ['https://pgo.example/cb'],
    },
    {
      clientId: 'citizen',
      title: 'Samenhang voor burgers',
      organisations: [],
      scopes: ['holder:read', 'view:read', 'audit:own', 'consent:own'],
      redirectUris: [`${citizenUrl}/api/return`],
    },
    {
      clientId: 'demo',
      title: 'Demonstration and development',
      ...everyone,
      scopes: [
        'view:read',
        'ingest:write',
        'ingest:admin',
        'record:admin',
        'lrza:read',
        'lrza:write',
        'consent:admin',
        'audit:read',
        'nvi:read',
        'registrations:read',
        'transfer:manage',
        'access:evaluate',
        'mapping:admin',
        'research:use',
        'research:assess',
        'research:check',
      ],
    },
  ];
}
