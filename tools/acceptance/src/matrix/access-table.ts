/** Whom a route admits. */
export interface AccessRow {
  /** `METHOD /path`, as the route is declared. */
  readonly route: string;
  /** Scopes the token must carry; `public` where nothing is asked, `secret` where the caller proves itself otherwise. */
  readonly scopes: readonly string[] | 'public' | 'secret';
  /** The token is for the base URL of the tenant in the path, not for the service; of a citizen, if it says so. */
  readonly audience?: 'tenant' | 'citizen' | 'joint';
  /** Whose token it must be, where it is for the service itself. */
  readonly of?: 'citizen';
  /** The path names a care provider, and the token must be of that one. */
  readonly ownTenant?: true;
}

const open = (...routes: readonly string[]): AccessRow[] =>
  routes.map((route) => ({ route, scopes: 'public' }));
const scoped = (scope: string, ...routes: readonly string[]): AccessRow[] =>
  routes.map((route) => ({ route, scopes: [scope] }));
const ofTenant = (scope: string, ...routes: readonly string[]): AccessRow[] =>
  routes.map((route) => ({ route, scopes: [scope], ownTenant: true }));

/**
 * Who may call what, per service: the table against which every route is tried. A route that is not here fails the test
 * that compares the two; so does a row without a route.
 */
export const accessTable: Readonly<Record<string, readonly AccessRow[]>> = {
  'authorisation-server': [
    ...open(
      'GET /.well-known/authzen-configuration',
      'GET /jwks',
      'GET /revocations',
      'GET /presentation_definition',
    ),
    // As the token endpoint: the client proves itself in the form, not by a token.
    { route: 'POST /introspect', scopes: 'secret' },
    { route: 'POST /revoke', scopes: 'secret' },
    ...scoped('keys:admin', 'GET /administration/signing-keys', 'POST /administration/signing-keys'),
    // The way of a citizen's browser: what it carries is checked at each step, not who asks.
    ...open('GET /citizen/authorize', 'GET /citizen/return', 'POST /citizen/consent'),
    ...scoped('access:evaluate', 'POST /access/v1/evaluation', 'POST /access/v1/evaluations'),
  ],
  audit: [
    ...scoped(
      'audit:read',
      'GET /fhir/AuditEvent',
      'POST /fhir/AuditEvent/_search',
      'GET /chain/verification',
    ),
    { route: 'POST /tenants/:ura/access-log', scopes: ['audit:own'], audience: 'citizen' },
  ],
  // Stands in for a national service in demonstrations; what it signs is trusted only where its key is listed.
  dezi: open(
    'GET /dezi/jwks.json',
    'GET /professionals',
    'POST /professionals/:deziNumber/statement',
    'GET /status/v1/verklaring/:id',
    'POST /status/v1/verklaring/:id/intrekken',
    'POST /status/v1/verklaring/:id/herstellen',
    'GET /digid/login',
    'POST /digid/login',
    'POST /digid/artifact',
  ),
  'consent-register': [
    ...scoped('consent:ask', 'POST /geslotenautorisatievraag/xacml3', 'POST /abonnementen/fhir/Subscription'),
    ...scoped('consent:admin', 'PUT /choices', 'POST /choices/_search', 'DELETE /choices/:id'),
    ...scoped('consent:admin', 'PUT /opt-outs/:use', 'DELETE /opt-outs/:use', 'POST /opt-outs/_search'),
    ...[
      'GET /own/choices',
      'PUT /own/choices',
      'DELETE /own/choices/:id',
      'GET /own/opt-outs',
      'PUT /own/opt-outs/:use',
      'DELETE /own/opt-outs/:use',
    ].map((route): AccessRow => ({ route, scopes: ['consent:own'], of: 'citizen' })),
    ...scoped('consent:secondary-use', 'POST /secondary-use/objections/_search'),
  ],
  pseudonymisation: [
    ...open('GET /.well-known/jwks.json', 'GET /.well-known/oprf-keys.json'),
    ...scoped('prs:evaluate', 'POST /oprf/eval', 'POST /evaluate', 'POST /oprf/eval-batch'),
    ...scoped(
      'prs:register',
      'POST /recipients/challenges',
      'PUT /recipients/key',
      'POST /recipients/releases',
    ),
    ...scoped(
      'prs:admin',
      'GET /administration/key-versions',
      'POST /administration/key-versions',
      'PUT /administration/key-versions/:version',
      'DELETE /administration/key-versions/:version',
    ),
  ],
  'reference-index': [
    ...open('GET /fhir/metadata'),
    ...scoped(
      'nvi:create',
      'POST /registrations',
      'POST /registrations/batch',
      'POST /fhir/List',
      'POST /fhir',
    ),
    ...scoped('nvi:read', 'GET /registrations', 'GET /registrations/digest', 'GET /fhir/List/:id'),
    ...scoped(
      'nvi:delete',
      'DELETE /registrations',
      'POST /registrations/wipe',
      'POST /registrations/wipe/confirm',
      'DELETE /fhir/List/:id',
      'DELETE /fhir/List',
    ),
    ...scoped('nvi:purge', 'POST /registrations/purge', 'POST /registrations/purge/confirm'),
    ...scoped('nvi:localize', 'POST /fhir/List/_search', 'GET /fhir/List', 'POST /localize'),
    ...scoped('nvi:restrict', 'PUT /restrictions'),
  ],
  'address-book': [
    ...open('GET /fhir/metadata'),
    ...scoped(
      'lrza:read',
      'GET /fhir/:type',
      'GET /fhir/:type/_history',
      'POST /fhir/:type/_search',
      'GET /fhir/:type/:id',
      'GET /fhir/:type/:id/_history/:version',
    ),
    ...scoped('lrza:write', 'POST /fhir', 'PUT /fhir/:type/:id'),
  ],
  record: [
    ...open('GET /tenants/:ura/fhir/metadata'),
    ...[
      'POST /tenants/:ura/fhir/Patient/$everything',
      'POST /tenants/:ura/fhir/:type/_search',
      'GET /tenants/:ura/fhir/:type',
      'GET /tenants/:ura/fhir/:type/_search',
      'GET /tenants/:ura/fhir/Binary/:id',
      'GET /tenants/:ura/fhir/:type/:id',
      'GET /tenants/:ura/fhir/:type/:id/_history',
      'GET /tenants/:ura/fhir/:type/:id/_history/:version',
      'GET /tenants/:ura/fhir/:type/_history',
      'GET /tenants/:ura/fhir/Observation/$lastn',
      'POST /tenants/:ura/fhir/Observation/$lastn',
      'POST /tenants/:ura/fhir',
    ].map((route): AccessRow => ({ route, scopes: ['holder:read'], audience: 'tenant' })),
    ...[
      'POST /tenants/:ura/fhir/ViewDefinition/$run',
      'POST /tenants/:ura/fhir/ViewDefinition/$viewdefinition-export',
      'GET /tenants/:ura/fhir/view-exports/:id',
      'GET /tenants/:ura/fhir/view-exports/:id/result',
      'GET /tenants/:ura/fhir/view-exports/:id/:part',
      'DELETE /tenants/:ura/fhir/view-exports/:id',
      'POST /tenants/:ura/fhir/$export',
      'POST /tenants/:ura/fhir/Patient/$export',
      'POST /tenants/:ura/fhir/Group/:group/$export',
      'GET /tenants/:ura/fhir/bulk/:id',
      'GET /tenants/:ura/fhir/bulk/:id/:part',
      'DELETE /tenants/:ura/fhir/bulk/:id',
    ].map((route): AccessRow => ({ route, scopes: ['secondary:run'], audience: 'tenant' })),
    ...scoped('record:admin', 'POST /patients/:id/unmerge'),
    ...ofTenant(
      'record:admin',
      'POST /tenants/:ura/consents',
      'POST /tenants/:ura/consents/_search',
      'GET /tenants/:ura/consents/:id',
      'PUT /tenants/:ura/consents/:id',
      'GET /tenants/:ura/consents/:id/_history/:version',
      'PUT /tenants/:ura/direct-patients',
      'DELETE /tenants/:ura/direct-patients',
    ),
    ...scoped('record:compare', 'POST /differences', 'GET /origins/:type/:id'),
    ...scoped('record:transfer', 'POST /transfer-reads'),
    ...scoped('record:admin', 'GET /emergency-accesses', 'POST /emergency-accesses/:id/review'),
  ],
  normalise: [
    ...scoped(
      'normalise:map',
      'POST /dry-run',
      'POST /explanations',
      'GET /mapping-versions',
      'GET /mapping-versions/:version',
    ),
    ...scoped(
      'mapping:admin',
      'GET /table-sets',
      'GET /term-supplement',
      'POST /term-supplement/withdrawals',
      'GET /table-sets/:version',
      'POST /table-sets',
      'POST /table-sets/validate',
      'POST /table-sets/:version/activate',
      'POST /table-sets/:version/rollback',
    ),
  ],
  registrar: [
    ...scoped('registrations:read', 'GET /registrations/status'),
    { route: 'POST /consent-notifications/:id', scopes: 'secret' },
  ],
  transfer: [
    ...ofTenant(
      'transfer:manage',
      'POST /tenants/:ura/transfers',
      'GET /tenants/:ura/transfers',
      'GET /tenants/:ura/transfers/:id',
      'POST /tenants/:ura/transfers/:id/cancel',
      'POST /tenants/:ura/transfers/:id/select',
      'POST /tenants/:ura/transfers/:id/steps',
      'GET /tenants/:ura/transfer-changes',
      'GET /tenants/:ura/inbox',
      'GET /tenants/:ura/inbox/:id',
      'GET /tenants/:ura/inbox/:id/resources',
      'POST /tenants/:ura/inbox/:id/pull',
      'POST /tenants/:ura/inbox/:id/steps',
    ),
    // Of other care providers: what was offered to them decides, and comes after this.
    ...[
      'POST /tenants/:ura/fhir/Task',
      'PUT /tenants/:ura/fhir/Task',
      'POST /tenants/:ura/fhir/:taskId',
      'GET /tenants/:ura/fhir/Task/:id',
      'PUT /tenants/:ura/fhir/Task/:id',
      'GET /tenants/:ura/fhir/Composition/:id/$document',
      'GET /tenants/:ura/fhir/:type/:id',
      'GET /tenants/:ura/fhir/:type',
    ].map((route): AccessRow => ({ route, scopes: ['transfer:exchange'], audience: 'tenant' })),
    ...[
      'GET /tenants/:ura/joint/fhir/Provenance',
      'POST /tenants/:ura/joint/fhir/:type',
      'GET /tenants/:ura/joint/fhir/:type/:id',
      'GET /tenants/:ura/joint/fhir/:type/:id/_history',
      'GET /tenants/:ura/joint/fhir/:type/:id/_history/:version',
      'PUT /tenants/:ura/joint/fhir/:type/:id',
    ].map((route): AccessRow => ({ route, scopes: ['transfer:exchange'], audience: 'joint' })),
  ],
  ingest: [
    ...scoped('ingest:content', 'GET /messages/:id'),
    ...ofTenant(
      'ingest:admin',
      'GET /tenants/:ura/sources',
      'GET /tenants/:ura/sources/:sourceId',
      'POST /tenants/:ura/sources/:sourceId/validate',
      'PUT /tenants/:ura/sources/:sourceId',
      'DELETE /tenants/:ura/sources/:sourceId',
      'POST /tenants/:ura/sources/:sourceId/pause',
      'POST /tenants/:ura/sources/:sourceId/resume',
      'POST /tenants/:ura/sources/:sourceId/test',
      'GET /tenants/:ura/sources/:sourceId/deliveries',
      'GET /tenants/:ura/sources/:sourceId/secrets',
      'PUT /tenants/:ura/sources/:sourceId/secrets/:name',
      'DELETE /tenants/:ura/sources/:sourceId/secrets/:name',
      'GET /tenants/:ura/sources/:sourceId/coverage',
      'GET /tenants/:ura/sources/:sourceId/quality',
    ),
    ...ofTenant(
      'ingest:write',
      'POST /tenants/:ura/sources/:sourceId/fhir',
      'POST /tenants/:ura/sources/:sourceId/documents',
      'PUT /tenants/:ura/sources/:sourceId/files/:name',
    ),
    ...scoped(
      'ingest:admin',
      'GET /replays',
      'GET /replays/:id',
      'POST /replays',
      'DELETE /replays/:id',
      'POST /replays/dry-run',
      'POST /explanations',
      'GET /sources/:sourceId/messages',
      'GET /quarantine',
      'GET /quarantine/:id',
      'POST /quarantine/:id/replay',
    ),
    // Servers that notify know no tokens: each source has a secret of its own, in a header.
    { route: 'POST /tenants/:ura/sources/:sourceId/notifications', scopes: 'secret' },
    { route: 'PUT /tenants/:ura/sources/:sourceId/notifications/:resourceType/:id', scopes: 'secret' },
  ],
  'secondary-use-api': [
    ...open('GET /openapi.json', 'GET /catalogue', 'GET /release-keys'),
    ...scoped(
      'research:use',
      'POST /permits',
      'GET /permits',
      'GET /permits/:id',
      'POST /permits/:id/counts',
      'POST /permits/:id/outputs',
      'GET /permits/:id/outputs',
      'GET /outputs/:id',
      'GET /outputs/:id/file',
      'GET /outputs/:id/files/:name',
      'GET /outputs/:id/manifest',
      'GET /outputs/:id/signature',
      'GET /outputs/:id/provenance',
    ),
    ...scoped('permits:standing', 'GET /permits/:id/standing'),
    ...scoped(
      'research:assess',
      'GET /assessment/permits',
      'POST /assessment/permits/:id/grant',
      'POST /assessment/permits/:id/reject',
      'POST /assessment/permits/:id/withdraw',
    ),
    ...scoped(
      'research:check',
      'GET /checks/outputs',
      'GET /checks/outputs/:id/file',
      'GET /checks/outputs/:id/files/:name',
      'POST /checks/outputs/:id/release',
      'POST /checks/outputs/:id/refuse',
      'POST /checks/releases/_search',
    ),
  ],
  'query-api': [
    ...open(
      'GET /fhir/metadata',
      'GET /.well-known/smart-configuration',
      'GET /fhir/.well-known/smart-configuration',
      'GET /openapi.json',
    ),
    ...scoped(
      'view:read',
      'POST /fhir/Patient/$everything',
      'POST /fhir/Patient/$bgz',
      'POST /fhir/Patient/$summary',
      'POST /fhir/DocumentReference/$attachment',
      'POST /fhir/Observation/$lastn',
      'POST /fhir/:type/_search',
      'GET /fhir/pages/:cursor',
      'POST /fhir/Subscription',
      'GET /fhir/Subscription/:id',
      'DELETE /fhir/Subscription/:id',
      'GET /fhir/Subscription/:id/$status',
      'GET /fhir/Subscription/:id/$events',
      'POST /fhir/Subscription/:id/$get-ws-binding-token',
    ),
  ],
};
