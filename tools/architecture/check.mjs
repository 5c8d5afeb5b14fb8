// `node tools/architecture/check.mjs`: asserts the dependency table over `nx graph`; exit 1 and one line for each breach.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../workspace/projects.mjs';
import { findBreaches } from './project-graph-breaches.mjs';

/** The graph of Nx, made afresh. */
export function readProjects() {
  const folder = mkdtempSync(join(tmpdir(), 'samenhang-graph-'));
  const file = join(folder, 'graph.json');
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'graph', '--file', file], {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_DATA_DIRECTORY: join(folder, 'data') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { graph } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.values(graph.nodes).map(({ name, data }) => ({
      name,
      path: data.root,
      tags: data.tags ?? [],
      isApplication: data.projectType === 'application',
      dependencies: (graph.dependencies[name] ?? []).map(({ target }) => target),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const projects = readProjects();
  const breaches = findBreaches(projects);
  const edges = projects.flatMap(({ dependencies }) =>
    dependencies.filter((name) => !name.startsWith('npm:')),
  );
  for (const breach of breaches) console.error(breach);
  console.log(`${projects.length} projects, ${edges.length} dependencies, ${breaches.length} breaches`);
  // An empty graph would pass every check.
  process.exitCode = breaches.length > 0 || projects.length < 30 || edges.length < 30 ? 1 : 0;
}
