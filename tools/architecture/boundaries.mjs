// Who may depend on whom. The one table, read by two enforcers that do not know each other: the linter (eslint.config.mjs)
// looks at each import, tools/architecture/check.mjs at the project graph. Why it is as it is: docs/adr/0001.

/** What code of a zone may depend on. Composition wires everything and is not listed: it is free. */
export const zones = {
  national: ['national', 'trust', 'foundation'],
  provider: ['provider', 'trust', 'foundation'],
  integration: ['integration', 'trust', 'foundation'],
  trust: ['trust', 'foundation'],
  foundation: ['foundation'],
  emulators: ['emulators', 'trust', 'foundation'],
  tools: ['tools', 'composition', 'emulators', 'integration', 'national', 'provider', 'trust', 'foundation'],
  composition: ['*'],
};

/** An application, made by anyone in competition, sees the published client and nothing behind it. */
export const applicationZone = 'applications';
export const publicClient = 'public:client';
/** What a browser application stands on: sessions, pages, components. It knows nothing of the platform, so anyone may use it. */
export const portalKit = 'public:portal';

/** What a project of a type may depend on. An app depends on no other app: they meet over HTTP and events. */
export const types = {
  core: ['core'],
  adapter: ['core', 'adapter'],
  // Runs in a browser.
  web: ['web'],
  app: ['core', 'adapter', 'web'],
  test: ['core', 'adapter', 'test'],
  tool: ['*'],
  composition: ['*'],
};

/** Frameworks and clients that a pure core may not know. */
export const bannedInCore = ['@nestjs/*', 'typeorm', 'kafkajs', 'pg', 'fastify', 'undici'];

/** Modules of Node through which code reaches the world outside; a pure core has none of them. */
export const inputAndOutput = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'fs',
  'fs/promises',
  'http',
  'http2',
  'https',
  'net',
  'readline',
  'tls',
  'worker_threads',
];

/** The only code that may see a BSN. What is not tagged so may not reach it, directly or through others. */
export const identity = 'domain:identity';

const isFree = (allowed) => allowed.includes('*');

/** The table in the form of `@nx/enforce-module-boundaries`. */
export function lintConstraints({ mayKnowIdentity, inTests }) {
  const constraints = [];
  for (const [zone, allowed] of Object.entries(zones)) {
    const tags = isFree(allowed) ? ['*'] : allowed.map((name) => `zone:${name}`);
    constraints.push({ sourceTag: `zone:${zone}`, onlyDependOnLibsWithTags: tags });
  }
  constraints.push({
    sourceTag: `zone:${applicationZone}`,
    onlyDependOnLibsWithTags: [publicClient, portalKit],
  });
  for (const [type, allowed] of Object.entries(types)) {
    const tags = [...allowed, ...(inTests ? ['test'] : [])].map((name) => `type:${name}`);
    constraints.push({
      sourceTag: `type:${type}`,
      onlyDependOnLibsWithTags: isFree(allowed) ? ['*'] : tags,
      ...(type === 'core' && !inTests ? { bannedExternalImports: bannedInCore } : {}),
    });
  }
  constraints.push(
    { sourceTag: publicClient, onlyDependOnLibsWithTags: ['zone:foundation'] },
    {
      sourceTag: publicClient,
      onlyDependOnLibsWithTags: inTests ? ['type:core', 'type:test'] : ['type:core'],
    },
  );
  if (!mayKnowIdentity) constraints.push({ sourceTag: 'zone:*', notDependOnLibsWithTags: [identity] });
  return constraints;
}
