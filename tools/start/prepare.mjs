// Makes a fresh checkout runnable: installs what is missing, builds what changed. Runs under the Node that is there
// (≥ 20.19) with `node:` modules only; what follows runs under the Node version pinned in package.json.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = join(root, 'node_modules', '.bin');

/** The pinned Node where the platform has it, else the one we run under. */
export function nodeBinary() {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

export function toolEnvironment(extra = {}) {
  return {
    ...process.env,
    PATH: `${dirname(nodeBinary())}:${bin}:${process.env.PATH ?? ''}`,
    NX_DAEMON: 'false',
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    ...extra,
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node 20.19 or newer is needed; this is ${process.versions.node}.`);
}

/** Whether every package of the lockfile is there in the version it names. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      entry.optional ||
      entry.link ||
      !path.startsWith('node_modules/') ||
      installed[path]?.version === entry.version,
  );
}

function install(say) {
  if (isInstalled()) return;
  say('Installing dependencies (once, one to three minutes) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) fail('npm ci failed; see the lines above.');
}

function build(say) {
  const steps = [
    [join(bin, 'tsc'), '-b'],
    [nodeBinary(), join(root, 'tools/web/build.mjs')],
  ];
  for (const [command, ...parameters] of steps) {
    const result = spawnSync(command, parameters, {
      cwd: root,
      env: toolEnvironment(),
      stdio: ['ignore', 2, 2],
    });
    if (result.status !== 0) fail('The build failed; see the lines above.');
  }
  say('Built.');
}

/** Installs and builds as needed. `say` receives progress for people. */
export function prepare({ say = (line) => process.stderr.write(`${line}\n`), withBuild = true } = {}) {
  requireNode();
  install(say);
  if (withBuild) build(say);
}

/** Runs a command with the pinned Node and the workspace's tools on the PATH; resolves with its exit code. */
export function run(command, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd: root,
      stdio: 'inherit',
      ...options,
      env: toolEnvironment(options.env),
    });
    // The child decides when it is done, and we wait for it. Ctrl-C in a terminal reaches it twice; once is enough for it.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
