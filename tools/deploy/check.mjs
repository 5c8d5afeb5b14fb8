// `node tools/deploy/check.mjs`: checks deploy/ as far as that is possible without a container engine or a cluster. One line
// for each check; exit 1 when one fails or, with CI=true, when one is skipped. `--json` prints the results for other tools.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../workspace/projects.mjs';
import { findFaults, listServices, readDeployment } from './consistency.mjs';
import { findTool, hasGo, kubernetes } from './go-tools.mjs';
import { findSchemaLocation } from './kubernetes-schemas.mjs';
import { chartFolder, everything, renderChart } from './rendered-chart.mjs';

/** @typedef {{name: string, status: 'passed' | 'failed' | 'skipped', detail: string}} Result */

const composeFile = join(root, 'deploy', 'compose.yaml');

function run(command, parameters, options = {}) {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`.trim());
  return result.stdout;
}

/** With Docker's own plugin where it is installed, else with the parser that the plugin is built on. */
function checkCompose() {
  const hasPlugin = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;
  if (hasPlugin) {
    run('docker', ['compose', '--file', composeFile, '--profile', '*', 'config', '--quiet']);
    return 'docker compose config';
  }
  const loaded = run(findTool('compose-go'), ['-format', 'json', composeFile], { cwd: root });
  const { services } = JSON.parse(loaded);
  return `read with the Compose reference parser, ${Object.keys(services).length} services; the plugin of Docker is not installed`;
}

function checkManifests() {
  const folder = mkdtempSync(join(tmpdir(), 'samenhang-manifests-'));
  try {
    writeFileSync(join(folder, 'default.yaml'), renderChart());
    writeFileSync(join(folder, 'everything.yaml'), renderChart(everything));
    const location = findSchemaLocation();
    const said = run(findTool('kubeconform'), ['-strict', '-summary', '-schema-location', location, folder]);
    return `${said.trim()} (Kubernetes ${kubernetes.version})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkConsistency() {
  const services = listServices();
  const faults = findFaults(services, readDeployment());
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return `${services.length} services`;
}

const checks = [
  { name: 'Dockerfile, compose and chart agree with the workspace', run: checkConsistency },
  { name: 'compose file is valid', needsGo: true, run: checkCompose },
  {
    name: 'helm lint',
    needsGo: true,
    run: () => run(findTool('helm'), ['lint', '--strict', '--quiet', chartFolder]).trim() || 'no remarks',
  },
  { name: 'kubeconform, strict', needsGo: true, run: checkManifests },
];

/** What only an engine or a cluster can show; said by name so that nobody takes it for done. */
export const unchecked = [
  'docker build of the images (no container engine)',
  'the chart installed on a cluster, and its network policies in force',
];

/** @returns {Result[]} */
export function checkDeployment() {
  const go = hasGo();
  return checks.map(({ name, needsGo, run: check }) => {
    if (needsGo && !go) return { name, status: 'skipped', detail: 'Go is not installed' };
    try {
      return { name, status: 'passed', detail: check() };
    } catch (error) {
      return { name, status: 'failed', detail: error.stderr?.toString().trim() || error.message };
    }
  });
}

if (process.argv[1] === import.meta.filename) {
  const results = checkDeployment();
  if (process.argv.includes('--json')) console.log(JSON.stringify({ results, unchecked }));
  else {
    for (const { name, status, detail } of results) console.log(`${status}: ${name}: ${detail}`);
    for (const name of unchecked) console.log(`not checked: ${name}`);
  }
  const refused = (status) => status === 'failed' || (status === 'skipped' && process.env.CI === 'true');
  process.exitCode = results.some(({ status }) => refused(status)) ? 1 : 0;
}
