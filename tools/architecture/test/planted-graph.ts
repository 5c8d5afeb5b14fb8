import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../workspace/projects.mjs';

interface GraphNode {
  name: string;
  type: 'lib' | 'app';
  data: { root: string; tags?: string[]; metadata?: object; projectType: string; [key: string]: unknown };
}
interface CachedGraph {
  nodes: Record<string, GraphNode>;
  dependencies: Record<string, unknown[]>;
}

export interface PlantedProject {
  readonly name: string;
  readonly tags: readonly string[];
  readonly application?: boolean;
}

/**
 * A project graph of our own, in a folder of our own: the real projects and some planted ones to aim at, without any
 * dependency, so that the answer of a rule depends on the import under test alone. The working tree is not touched.
 */
export function plantGraph(planted: readonly PlantedProject[]): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'samenhang-graph-'));
  const environment = { ...process.env, NX_WORKSPACE_DATA_DIRECTORY: folder, NX_DAEMON: 'false' };
  execFileSync(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'show', 'projects'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const file = join(folder, 'project-graph.json');
  const graph = JSON.parse(readFileSync(file, 'utf8')) as CachedGraph;
  for (const name of Object.keys(graph.dependencies)) graph.dependencies[name] = [];
  for (const project of planted) {
    graph.nodes[project.name] = nodeOf(project);
    graph.dependencies[project.name] = [];
  }
  writeFileSync(file, JSON.stringify(graph));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function nodeOf({ name, tags, application = false }: PlantedProject): GraphNode {
  const path = `planted/${name}`;
  return {
    name,
    type: application ? 'app' : 'lib',
    data: {
      root: path,
      name,
      sourceRoot: `${path}/src`,
      projectType: application ? 'application' : 'library',
      tags: [...tags],
      targets: {},
      implicitDependencies: [],
      metadata: {
        js: {
          packageName: `@samenhang/${name}`,
          packageExports: { '.': './src/index.ts' },
          isInPackageManagerWorkspaces: true,
        },
      },
    },
  };
}
