// Starts everything, runs the main job on the demo providers, tells what happened, and stays up until Ctrl-C.
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  installationAt,
  provision,
  serviceFolders,
  services,
  startInOneProcess,
  superviseProcesses,
} from '../../apps/samenhang/dist/index.js';
import { portOffsets } from '../../libs/foundation/service-kit/dist/index.js';
import { startPostgres } from '../postgres/postgres.mjs';
import { keepRunning } from './keep-running.mjs';
import { readOptions } from './options.mjs';
import { root } from './prepare.mjs';
import { printSummary, printUrls } from './report.mjs';

const options = readOptions(process.argv.slice(2));
const startedAt = performance.now();
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
const say = (line) => process.stderr.write(`${seconds().padStart(8)}  ${line}\n`);

const dataDirectory = resolve(options.dataDirectory);
const installation = installationAt(dataDirectory);
const stops = [];
let stopped;

/** Stops in the opposite order of starting, once. */
function stopAll() {
  stopped ??= (async () => {
    for (const stop of stops.reverse()) await stop();
  })();
  return stopped;
}

/** The server that DATABASE_ADMIN_URL names, or a PostgreSQL of our own. */
async function startDatabase() {
  const given = process.env.DATABASE_ADMIN_URL;
  if (given) return given;
  say('Starting PostgreSQL …');
  const settings = {
    dataDirectory: join(dataDirectory, 'postgres'),
    port: options.portBase + portOffsets.postgres,
    log: say,
  };
  const postgres = await keepRunning({ name: 'PostgreSQL', start: () => startPostgres(settings), say });
  stops.push(() => postgres.stop());
  return postgres.first.url;
}

async function startBroker(port) {
  const { kafkaAvailable, startKafka } = await import('../kafka/kafka.mjs');
  const { available, reason } = kafkaAvailable();
  if (!available) throw new Error(`--distributed needs Kafka: ${reason}`);
  say('Starting Kafka …');
  const settings = { dataDir: join(dataDirectory, 'kafka'), port, log: say };
  const kafka = await keepRunning({ name: 'Kafka', start: () => startKafka(settings), say });
  stops.push(() => kafka.stop());
  return kafka.first.brokers;
}

/** The demo providers whose data this node keeps (the nursing home keeps its own), with their care-provider type. */
const replicaTenants = '11111111:Z3,22222222:V4,44444444:A1';
/** Whom it transfers for: the nursing home receives by it too. */
const transferTenants = `${replicaTenants},33333333:X3`;

function variablesFor(databaseUrls, brokers) {
  return (service) => ({
    ...process.env,
    SAMENHANG_PORT_BASE: String(options.portBase),
    SECRETS_DIR: installation.secretsDirectory,
    DATABASE_URL: databaseUrls.get(service.name),
    TENANTS: process.env.TENANTS ?? (service.name === 'transfer' ? transferTenants : replicaTenants),
    CATALOGUE_CUSTODIANS: process.env.CATALOGUE_CUSTODIANS ?? replicaTenants,
    SOURCE_SERVERS: process.env.SOURCE_SERVERS ?? '127.0.0.1', // the sources of the demonstration are on this machine
    DROP_DIRECTORY: process.env.DROP_DIRECTORY ?? join(dataDirectory, 'drops'),
    EVENT_LOG: brokers === undefined ? 'postgres' : 'kafka',
    KAFKA_BROKERS: brokers,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    LOG_FILE: join(dataDirectory, 'log', `${service.name}.log`),
  });
}

async function startServices(postgresUrl, brokers) {
  const { databaseUrls } = await provision(postgresUrl, installation.secretsDirectory, {
    citizenUrl: `http://127.0.0.1:${options.portBase + portOffsets.citizen}`,
  });
  const variables = variablesFor(databaseUrls, brokers);
  if (!options.distributed) {
    const node = await startInOneProcess(services, variables);
    stops.push(() => node.close());
    return;
  }
  const mainFile = (service) => join(root, serviceFolders.get(service), 'dist', 'main.js');
  const supervisor = superviseProcesses(services, mainFile, variables, say);
  stops.push(() => supervisor.close());
}

async function main() {
  mkdirSync(dataDirectory, { recursive: true });
  chmodSync(dataDirectory, 0o711); // the database user passes through; each folder inside guards itself
  const postgresUrl = await startDatabase();
  const brokers = options.distributed ? await startBroker(options.portBase + portOffsets.kafka) : undefined;
  say(`Starting ${services.length} services${options.distributed ? ', each in its own process,' : ''} …`);
  await startServices(postgresUrl, brokers);
  const { awaitReady, runDemo, startSurroundings } = await import('../demo/dist/index.js');
  const surroundings = {
    brokers,
    portBase: options.portBase,
    secretsDirectory: installation.secretsDirectory,
    dataDirectory,
    say,
  };
  await awaitReady(surroundings);
  say('Ready.');
  if (!options.demo) return undefined;
  stops.push(await startSurroundings({ ...surroundings, people: options.people }));
  return runDemo({ ...surroundings, people: options.people });
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (stopped === undefined) say('Stopping …');
    void stopAll().then(() => process.exit(options.once ? 130 : 0));
  });
}

try {
  const summary = await main();
  if (summary !== undefined) printSummary(summary);
  if (options.once) {
    await stopAll();
    if (options.json) process.stdout.write(`${JSON.stringify(summary ?? {})}\n`);
    process.exit(0);
  }
  const { demoPassword } = await import('../demo/dist/index.js');
  printUrls({ portBase: options.portBase, dataDirectory, password: demoPassword({ dataDirectory }) });
  if (options.json) process.stdout.write(`${JSON.stringify(summary ?? {})}\n`);
} catch (error) {
  process.stderr.write(`\nNot started: ${error.message}\n`);
  if (process.env.DEBUG) process.stderr.write(`${error.stack}\n`);
  await stopAll().catch(() => {});
  process.exit(1);
}
