#!/usr/bin/env node
// A real Apache Kafka, one node in KRaft mode, without Docker: the jars come through Maven once, after that no network
// is needed. Only `node:` modules are imported. On the command line:
//   node tools/kafka/kafka.mjs fetch
//   node tools/kafka/kafka.mjs start --port 9092 --data-dir /var/tmp/kafka
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchKafka, kafkaAvailable, run } from './kafka-jars.mjs';

export { fetchKafka, kafkaAvailable };

const deploy = fileURLToPath(new URL('../../deploy/kafka/', import.meta.url));
const READY = 'Kafka Server started';
const READY_WITHIN_MILLISECONDS = 90_000;
const STOP_WITHIN_MILLISECONDS = 20_000;

/**
 * Starts a broker on `port` of the loopback address (its controller on `controllerPort`, by default the next one) and
 * waits until it serves. A broker of an earlier run that was killed is stopped first; its data is kept.
 * @param {{dataDir: string, port: number, controllerPort?: number, heapMegabytes?: number, log?: (line: string) => void}} options
 * @returns {Promise<{brokers: string, pid: number, exited: Promise<void>, stop(): Promise<void>}>}
 */
export async function startKafka({
  dataDir,
  port,
  controllerPort = port + 1,
  heapMegabytes = 320,
  log = () => {},
}) {
  const availability = kafkaAvailable();
  if (!availability.available) throw new Error(`Kafka cannot be started: ${availability.reason}`);
  const jars = fetchKafka({ log });
  const directory = resolve(dataDir);
  mkdirSync(directory, { recursive: true });
  await stopLeftover(directory, log);
  for (const needed of [port, controllerPort]) {
    if (await accepts(needed)) throw new Error(`Port ${needed} is in use by another program; Kafka needs it`);
  }
  const broker = { directory, port, controllerPort, heapMegabytes, jars };
  writeConfiguration(broker);
  if (!existsSync(join(directory, 'log', 'meta.properties'))) await formatStorage(broker);
  const child = launch(broker);
  const exited = new Promise((done) => child.once('exit', () => done()));
  await waitUntilReady(broker, child);
  child.unref();
  return {
    brokers: `127.0.0.1:${port}`,
    pid: child.pid,
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await endProcess(child.pid);
      rmSync(join(directory, 'kafka.pid'), { force: true });
    },
  };
}

function writeConfiguration({ directory, port, controllerPort }) {
  const values = { PORT: port, CONTROLLER_PORT: controllerPort, DATA_DIRECTORY: join(directory, 'log') };
  const template = readFileSync(join(deploy, 'server.properties'), 'utf8');
  writeFileSync(
    join(directory, 'server.properties'),
    template.replace(/@([A-Z_]+)@/g, (_, name) => String(values[name])),
  );
}

function javaArguments({ directory, heapMegabytes, jars }) {
  return [
    `-Xms64m`,
    `-Xmx${heapMegabytes}m`,
    // One node on a small machine: the collector with the least memory and threads.
    '-XX:+UseSerialGC',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${pathToFileURL(join(deploy, 'log4j2.properties')).href}`,
    `-Dsamenhang.data=${directory}`,
    '-cp',
    join(jars, '*'),
  ];
}

async function formatStorage(broker) {
  const configuration = join(broker.directory, 'server.properties');
  const clusterId = await run('java', [...javaArguments(broker), 'kafka.tools.StorageTool', 'random-uuid']);
  await run('java', [
    ...javaArguments(broker),
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId.trim(),
    '-c',
    configuration,
  ]);
}

function launch(broker) {
  const output = openSync(join(broker.directory, 'kafka.log'), 'w');
  // A process group of its own: Ctrl-C reaches us first, and we stop the services before their broker.
  const child = spawn(
    'java',
    [...javaArguments(broker), 'kafka.Kafka', join(broker.directory, 'server.properties')],
    {
      stdio: ['ignore', output, output],
      detached: true,
    },
  );
  closeSync(output);
  writeFileSync(join(broker.directory, 'kafka.pid'), `${child.pid}\n`);
  return child;
}

async function waitUntilReady({ directory, port }, child) {
  const printed = () => readFileSync(join(directory, 'kafka.log'), 'utf8');
  const deadline = Date.now() + READY_WITHIN_MILLISECONDS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Kafka stopped at once: ${printed().trim().split('\n').slice(-3).join(' | ')}`);
    }
    if (printed().includes(READY) && (await accepts(port))) return;
    await delay(50);
  }
  await endProcess(child.pid);
  throw new Error(
    `Kafka did not become ready within ${READY_WITHIN_MILLISECONDS / 1000} s; see ${join(directory, 'kafka.log')}`,
  );
}

async function stopLeftover(directory, log) {
  const file = join(directory, 'kafka.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  // The process id may have been given to another program since.
  if (commandLine(pid).includes(`-Dsamenhang.data=${directory}`)) {
    log(`A Kafka of an earlier run still holds ${directory} (process ${pid}); stopping it`);
    await endProcess(pid);
  }
  rmSync(file, { force: true });
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** A clean shutdown first; what does not follow is killed (Kafka recovers its log at the next start). */
async function endProcess(pid) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < STOP_WITHIN_MILLISECONDS && isAlive(pid); waited += 50) await delay(50);
  }
}

/** A zombie that nobody has reaped yet is not alive: it holds neither port nor data. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function accepts(port) {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '9092' },
      'data-dir': { type: 'string', default: '/var/tmp/samenhang-kafka' },
    },
  });
  const log = (line) => process.stderr.write(`${line}\n`);
  if (positionals[0] === 'fetch') return log(`Kafka's jars are in ${fetchKafka({ log })}`);
  if (positionals[0] !== 'start') {
    log('usage: kafka.mjs fetch | start [--port N] [--data-dir D]');
    process.exitCode = 2;
    return;
  }
  const kafka = await startKafka({ dataDir: values['data-dir'], port: Number(values.port), log });
  log(`Kafka serves at ${kafka.brokers}`);
  const stop = () => void kafka.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // The broker's own exit no longer keeps this process alive.
  const alive = setInterval(() => {}, 60_000);
  await kafka.exited;
  clearInterval(alive);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
