import { join } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listProjects, root } from '../../workspace/projects.mjs';
import { plantGraph, type PlantedProject } from './planted-graph.js';

// What is said here is said once more, in words of its own: a change of the table in boundaries.mjs must change it too.
const zones = [
  'national',
  'provider',
  'integration',
  'trust',
  'foundation',
  'applications',
  'emulators',
  'tools',
  'composition',
];
const everyZone = new Set(zones);
const allowed: Record<string, ReadonlySet<string>> = {
  national: new Set(['national', 'trust', 'foundation']),
  provider: new Set(['provider', 'trust', 'foundation']),
  integration: new Set(['integration', 'trust', 'foundation']),
  trust: new Set(['trust', 'foundation']),
  foundation: new Set(['foundation']),
  applications: new Set(),
  emulators: new Set(['emulators', 'trust', 'foundation']),
  tools: new Set(zones.filter((zone) => zone !== 'applications')),
  composition: everyZone,
};

const targets: PlantedProject[] = [
  ...zones.map((zone) => ({ name: `planted-${zone}`, tags: [`zone:${zone}`, 'type:core'] })),
  ...zones.map((zone) => ({
    name: `planted-${zone}-app`,
    tags: [`zone:${zone}`, 'type:app'],
    application: true,
  })),
  { name: 'planted-adapter', tags: ['zone:foundation', 'type:adapter'] },
  { name: 'planted-app-like', tags: ['zone:foundation', 'type:app'] },
  { name: 'planted-testing', tags: ['zone:foundation', 'type:test'] },
  { name: 'planted-identity', tags: ['zone:foundation', 'type:core', 'domain:identity'] },
  { name: 'planted-client', tags: ['zone:integration', 'type:adapter', 'public:client'] },
  { name: 'planted-portal', tags: ['zone:foundation', 'type:web', 'public:portal'] },
  { name: 'planted-untagged', tags: [] },
];

const projects = listProjects();

/** A real project with these tags, to import from: the rules that apply to its files are the real ones. */
function projectWith(...tags: string[]): string {
  const found = projects.find(({ project }) => tags.every((tag) => project.tags.includes(tag)));
  if (found === undefined) throw new Error(`no project is tagged ${tags.join(', ')}`);
  return found.path;
}

let linter: ESLint;
let graph: ReturnType<typeof plantGraph>;

beforeAll(async () => {
  graph = plantGraph(targets);
  process.env.NX_WORKSPACE_DATA_DIRECTORY = graph.folder;
  linter = new ESLint({ cwd: root });
  // The first file loads configuration and parser.
  await complaints('libs/foundation/errors/src/planted.ts', '');
}, 60_000);

afterAll(() => graph.remove());

async function complaints(file: string, code: string): Promise<Linter.LintMessage[]> {
  const [result] = await linter.lintText(code, { filePath: join(root, file), warnIgnored: true });
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId !== '@typescript-eslint/no-unused-vars');
}

/** What the linter says of one import in a file of a project. */
async function importing(project: string, name: string, file = 'src/planted.ts'): Promise<string> {
  const found = await complaints(`${project}/${file}`, `import '${name}';\n`);
  return found.map(({ message }) => message).join('\n');
}

describe('between the zones', () => {
  for (const from of zones.filter((zone) => zone !== 'applications')) {
    for (const to of zones) {
      const legal = allowed[from]?.has(to) === true;
      it(`${from} ${legal ? 'may' : 'may not'} depend on ${to}`, async () => {
        // An adapter where the zone has one: a core is held to more than its zone.
        const type = ['national', 'provider', 'emulators'].includes(from) ? 'type:app' : undefined;
        const source = projectWith(
          `zone:${from}`,
          type ??
            projects.find(({ project }) => project.tags.includes(`zone:${from}`))?.project.tags[1] ??
            '',
        );
        const said = await importing(source, `@samenhang/planted-${to}`);
        if (legal) expect(said).toBe('');
        else
          expect(said).toContain(`A project tagged with "zone:${from}" can only depend on libs tagged with`);
      });
    }
  }
});

describe('an application', () => {
  const viewer = projectWith('zone:applications');

  it.each(zones)('may not depend on a library of %s', async (zone) => {
    expect(await importing(viewer, `@samenhang/planted-${zone}`)).toBe(
      'A project tagged with "zone:applications" can only depend on libs tagged with "public:client", "public:portal"',
    );
  });

  it.each(zones)('may not import an app of %s', async (zone) => {
    expect(await importing(viewer, `@samenhang/planted-${zone}-app`)).toBe('Imports of apps are forbidden');
  });

  it('may depend on the public client', async () => {
    expect(await importing(viewer, '@samenhang/planted-client')).toBe('');
  });

  it('may stand on the portal kit, which knows nothing of the platform', async () => {
    expect(await importing(viewer, '@samenhang/planted-portal')).toBe('');
    for (const { path } of projects.filter(({ project }) => project.tags.includes('public:portal')))
      for (const zone of zones.filter((name) => name !== 'foundation'))
        expect(await importing(path, `@samenhang/planted-${zone}`), path).not.toBe('');
  });
});

describe('the forms an import can take', () => {
  const viewer = projectWith('zone:applications');
  it.each([
    ['a type', `import type { X } from '@samenhang/planted-integration';\nexport type Y = X;\n`],
    ['a dynamic import', `export const x = import('@samenhang/planted-integration');\n`],
    ['a re-export', `export * from '@samenhang/planted-integration';\n`],
    ['a require', `export const x = require('@samenhang/planted-integration');\n`],
  ])('%s is seen', async (_, code) => {
    const messages = (await complaints(`${viewer}/src/planted.ts`, code)).map(({ message }) => message);
    expect(messages.join()).toContain(
      '"zone:applications" can only depend on libs tagged with "public:client", "public:portal"',
    );
  });

  it('a relative path into another project is seen', async () => {
    expect(await importing(viewer, '../../../../libs/integration/merge/src/index.js')).toContain(
      'Projects cannot be imported by a relative or absolute path',
    );
  });

  it('a path behind the index of a project is seen, static or dynamic', async () => {
    const source = projectWith('type:app', 'zone:provider');
    const deep = '@samenhang/planted-foundation/src/inside.js';
    expect(await importing(source, deep)).toContain('only door');
    const dynamic = await complaints(`${source}/src/planted.ts`, `export const x = import('${deep}');\n`);
    expect(dynamic.map(({ message }) => message).join()).toContain('only door');
  });

  it('an entry that a project publishes beside its index is a door', async () => {
    expect(
      await importing(projectWith('type:adapter', 'zone:foundation'), '@samenhang/event-log/contract'),
    ).toBe('');
    expect(
      await importing(projectWith('type:adapter', 'zone:foundation'), '@samenhang/event-log/src/port.js'),
    ).toContain('only door');
  });

  it('a test may start the servers of tools/, a source may not', async () => {
    const server = '../../../../tools/kafka/kafka.mjs';
    const source = projectWith('type:adapter', 'zone:foundation');
    expect(await importing(source, server, 'test/planted.integration.spec.ts')).toBe('');
    expect(await importing(source, server)).toContain('relative or absolute path');
  });

  it('a test is held to the zones like any other file', async () => {
    expect(await importing(viewer, '@samenhang/planted-integration', 'src/planted.spec.ts')).toContain(
      '"public:client"',
    );
  });
});

describe('a core', () => {
  const core = projectWith('type:core', 'zone:foundation');

  it.each(['@nestjs/common', '@nestjs/microservices', 'typeorm', 'kafkajs', 'pg', 'fastify', 'undici'])(
    'may not import %s',
    async (name) => {
      expect(await importing(core, name)).toBe(
        `A project tagged with "type:core" is not allowed to import "${name}"`,
      );
    },
  );

  it.each(['node:fs', 'fs', 'node:net', 'node:http', 'node:fs/promises', 'node:child_process'])(
    'may not reach the world outside through %s',
    async (name) => {
      expect(await importing(core, name)).toContain('A core is pure');
    },
  );

  it('may not call fetch', async () => {
    const found = await complaints(`${core}/src/planted.ts`, `export const x = fetch('http://127.0.0.1');\n`);
    expect(found.map(({ message }) => message).join()).toContain('A core is pure');
  });

  it('may depend on a core, not on an adapter', async () => {
    expect(await importing(core, '@samenhang/planted-foundation')).toBe('');
    expect(await importing(core, '@samenhang/planted-adapter')).toBe(
      'A project tagged with "type:core" can only depend on libs tagged with "type:core"',
    );
  });

  it('may use the testing library in its tests only', async () => {
    expect(await importing(core, '@samenhang/planted-testing', 'src/planted.spec.ts')).toBe('');
    expect(await importing(core, '@samenhang/planted-testing')).toContain('"type:core"');
  });
});

describe('the other types', () => {
  it('an adapter may depend on cores and adapters, not on an app', async () => {
    const adapter = projectWith('type:adapter', 'zone:foundation', 'domain:identity');
    expect(await importing(adapter, '@samenhang/planted-adapter')).toBe('');
    expect(await importing(adapter, '@samenhang/planted-app-like')).toBe(
      'A project tagged with "type:adapter" can only depend on libs tagged with "type:core", "type:adapter"',
    );
    expect(await importing(adapter, '@samenhang/planted-foundation-app')).toBe(
      'Imports of apps are forbidden',
    );
  });

  it('an app may not depend on an app', async () => {
    const app = projectWith('type:app', 'zone:provider');
    expect(await importing(app, '@samenhang/planted-provider-app')).toBe('Imports of apps are forbidden');
    expect(await importing(app, '@samenhang/planted-app-like')).toBe(
      'A project tagged with "type:app" can only depend on libs tagged with "type:core", "type:adapter", "type:web"',
    );
  });

  it('the composition root may import every app, and an application', async () => {
    const composition = projectWith('zone:composition');
    for (const { name, project } of projects) {
      if (project.projectType === 'application' && !project.tags.includes('zone:composition'))
        expect(await importing(composition, name), name).toBe('');
    }
  });

  it('a tool may import the services, not an application', async () => {
    const tool = projectWith('zone:tools');
    expect(await importing(tool, '@samenhang/record')).toBe('');
    expect(await importing(tool, '@samenhang/viewer')).toBe('Imports of apps are forbidden');
  });

  it('the public client may depend on foundation cores alone', async () => {
    const client = projectWith('public:client');
    expect(await importing(client, '@samenhang/planted-foundation')).toBe('');
    for (const name of ['planted-integration', 'planted-trust', 'planted-adapter'])
      expect(await importing(client, `@samenhang/${name}`), name).toContain(
        '"public:client" can only depend on',
      );
  });
});

describe('the identity of patients', () => {
  const untagged = projects.filter(
    ({ project }) => !project.tags.includes('domain:identity') && !project.tags.includes('zone:applications'),
  );

  it.each(untagged.map(({ path }) => path))('%s may not depend on it', async (path) => {
    expect(await importing(path, '@samenhang/planted-identity')).toMatch(
      /can not depend on libs tagged with "domain:identity"|"(public:client|type:web)" can only depend/,
    );
  });

  it.each(projects.filter(({ project }) => project.tags.includes('domain:identity')).map(({ path }) => path))(
    '%s may depend on it',
    async (path) => {
      expect(await importing(path, '@samenhang/planted-identity')).toBe('');
    },
  );
});

describe('a project outside the table', () => {
  it('may neither depend on others nor be depended upon', async () => {
    expect(await importing('planted/planted-untagged', '@samenhang/planted-foundation')).toBe(
      'A project without tags matching at least one constraint cannot depend on any libraries',
    );
    expect(
      await importing(projectWith('type:app', 'zone:provider'), '@samenhang/planted-untagged'),
    ).toContain('can only depend on libs tagged with');
  });
});

describe('file names', () => {
  it.each([
    'src/utils.ts',
    'src/string-helpers.ts',
    'src/common/thing.ts',
    'src/date.util.ts',
    'src/BsnCheck.ts',
  ])('%s is refused', async (file) => {
    const found = await complaints(`libs/foundation/errors/${file}`, '');
    expect(found.map(({ ruleId }) => ruleId)).toEqual(['house/file-name']);
  });
});
