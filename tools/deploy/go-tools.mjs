// Tools of the deployment checks, built from the Go module proxy at pinned versions into a folder outside the repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cacheFolder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'samenhang',
  'tools',
);

const tools = {
  helm: { module: 'helm.sh/helm/v3', path: 'cmd/helm', version: 'v3.22.0' },
  kubeconform: { module: 'github.com/yannh/kubeconform', path: 'cmd/kubeconform', version: 'v0.8.0' },
  // The reference parser behind `docker compose config`, for machines without the plugin of Docker.
  'compose-go': { module: 'github.com/compose-spec/compose-go/v2', path: 'cmd', version: 'v2.16.2' },
};

/** Its OpenAPI description is the source of the schemas that manifests are checked against. */
export const kubernetes = { module: 'k8s.io/kubernetes', version: 'v1.34.4' };

export function hasGo() {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

const environment = () => ({ ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off' });

/**
 * Path of a tool, built when it is not there yet (a minute or two, once).
 * @param {'helm' | 'kubeconform' | 'compose-go'} name
 */
export function findTool(name) {
  const { module, path, version } = tools[name];
  const binary = join(cacheFolder, `${name}-${version}`);
  if (existsSync(binary)) return binary;
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, '.build-'));
  try {
    execFileSync('go', ['install', `${module}/${path}@${version}`], {
      cwd: folder,
      env: { ...environment(), GOBIN: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [built] = readdirSync(folder);
    renameSync(join(folder, built), binary);
    return binary;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Folder of a module's files, downloaded when it is not there yet. */
export function findModule({ module, version }) {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: cacheParent(),
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(answer).Dir;
}

/** Outside of any Go module, so that no go.mod of a folder above is touched. */
function cacheParent() {
  mkdirSync(cacheFolder, { recursive: true });
  return cacheFolder;
}
