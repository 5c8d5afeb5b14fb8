import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { portOffsets } from '@samenhang/service-kit';
import { kafkaAvailable } from '../../kafka/kafka.mjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  awaitGpPulled,
  awaitReady,
  awaitSettled,
  connectProviders,
  demoPeople,
  demoTokens,
  feedProviders,
  spawnInstallation,
  startGpServer,
  startNursingHome,
  type InstallationProcess,
  type SurroundingsOptions,
} from '../src/index.js';
import { differences, endPostgres, postgresPid, readEndState, type EndState } from './end-state.js';
import { freePortBase } from '../src/free-port-base.js';
import { leaksInKafka } from './leaks.js';
import { scratchDirectory } from './scratch-directory.js';

const PEOPLE = 24;
const RUN_TIMEOUT_MS = 240_000;

interface Run {
  readonly distributed: boolean;
  /** Looks at the installation while it still runs, when all is done. */
  readonly inspect?: (options: SurroundingsOptions) => Promise<void>;
  /** Does its damage while the providers deliver; returns the installation that stands when it is done. */
  readonly disturb?: (
    installation: InstallationProcess,
    options: SurroundingsOptions,
  ) => Promise<InstallationProcess>;
}

/** The demo load on a fresh installation, disturbed or not: what is there in the end. */
async function endStateOf(run: Run): Promise<EndState> {
  const scratch = scratchDirectory('fault');
  const portBase = await freePortBase();
  const options: SurroundingsOptions = {
    portBase,
    dataDirectory: scratch.path,
    secretsDirectory: join(scratch.path, 'secrets'),
    people: PEOPLE,
    say: () => {},
    ...(run.distributed ? { brokers: `127.0.0.1:${portBase + portOffsets.kafka}` } : {}),
  };
  let installation = await spawnInstallation({
    portBase,
    distributed: run.distributed,
    dataDirectory: scratch.path,
  });
  const parts = [await startGpServer(options), await startNursingHome(options)];
  try {
    const people = demoPeople(PEOPLE);
    const tokens = demoTokens(options);
    await connectProviders(options, tokens, people);
    const feeding = feedProviders(options, tokens, people);
    if (run.disturb !== undefined) installation = await run.disturb(installation, options);
    await feeding;
    await awaitReady(options);
    await awaitGpPulled(options, people);
    await awaitSettled(options);
    await run.inspect?.(options);
    return await readEndState(portBase);
  } finally {
    for (const part of parts) await part.close();
    await installation.stop();
    endPostgres(scratch.path);
    scratch.remove();
  }
}

const randomPause = (): Promise<void> => delay(50 + Math.random() * 1_200);

/** Kills the whole process and starts it again on the ports and data it left behind. */
async function crash(
  installation: InstallationProcess,
  options: SurroundingsOptions,
): Promise<InstallationProcess> {
  await randomPause();
  await installation.kill();
  return spawnInstallation({ ...options, distributed: options.brokers !== undefined });
}

async function killPostgres(
  installation: InstallationProcess,
  options: SurroundingsOptions,
): Promise<InstallationProcess> {
  await randomPause();
  process.kill(postgresPid(options.dataDirectory), 'SIGKILL');
  return installation;
}

/** Children of the installation's process whose command line holds the words. */
function childrenOf(installation: InstallationProcess, words: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return (
          Number(parent) === installation.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words)
        );
      } catch {
        return false;
      }
    });
}

const killChild =
  (words: string) =>
  async (installation: InstallationProcess): Promise<InstallationProcess> => {
    await randomPause();
    const victims = childrenOf(installation, words);
    expect(victims, `a process of ${words}`).not.toHaveLength(0);
    for (const pid of victims) process.kill(pid, 'SIGKILL');
    return installation;
  };

function inTurn(...disturbances: NonNullable<Run['disturb']>[]): NonNullable<Run['disturb']> {
  return async (installation, options) => {
    let current = installation;
    for (const disturb of disturbances) current = await disturb(current, options);
    return current;
  };
}

describe('nothing lost, nothing twice: in one process, embedded log', () => {
  let undisturbed: EndState;
  beforeAll(async () => {
    undisturbed = await endStateOf({ distributed: false });
  }, RUN_TIMEOUT_MS);

  it('has something to lose', () => {
    expect(undisturbed.messages.length).toBeGreaterThan(100);
    expect(undisturbed.quarantine).toHaveLength(1);
    expect(undisturbed.resources.length).toBeGreaterThan(300);
    expect(undisturbed.registrations.length).toBeGreaterThan(10);
  });

  it.each([
    ['the process is killed twice', inTurn(crash, crash)],
    ['PostgreSQL is killed twice', inTurn(killPostgres, killPostgres)],
    ['PostgreSQL and then the process are killed', inTurn(killPostgres, crash)],
  ])('ends the same when %s', { timeout: RUN_TIMEOUT_MS }, async (_name, disturb) => {
    expect(differences(await endStateOf({ distributed: false, disturb }), undisturbed)).toEqual([]);
  });
});

const kafka = kafkaAvailable();
if (!kafka.available && process.env['CI'] === 'true')
  throw new Error(`Kafka is needed in CI: ${kafka.reason}`);

describe.skipIf(!kafka.available)(
  `nothing lost, nothing twice: services apart, over Kafka${kafka.available ? '' : ` (skipped: ${kafka.reason})`}`,
  () => {
    let undisturbed: EndState;
    let inKafka: Awaited<ReturnType<typeof leaksInKafka>>;
    beforeAll(async () => {
      const inspect = async ({ brokers = '' }: SurroundingsOptions): Promise<void> => {
        inKafka = await leaksInKafka(
          brokers,
          demoPeople(PEOPLE).map(({ bsn }) => bsn),
        );
      };
      undisturbed = await endStateOf({ distributed: true, inspect });
    }, RUN_TIMEOUT_MS);

    it('puts no citizen service number into a topic name, key or header of Kafka', () => {
      expect(inKafka.messages).toBeGreaterThan(200);
      expect(inKafka.leaks).toEqual([]);
    });

    it.each([
      [
        'ingest, normalise and record are killed',
        inTurn(killChild('provider/ingest'), killChild('provider/normalise'), killChild('provider/record')),
      ],
      [
        'registrar, reference index and pseudonymisation are killed',
        inTurn(
          killChild('provider/registrar'),
          killChild('national/reference-index'),
          killChild('national/pseudonymisation'),
        ),
      ],
      [
        'the authorisation server, audit and the address book are killed',
        inTurn(
          killChild('trust/authorisation-server'),
          killChild('trust/audit'),
          killChild('national/address-book'),
        ),
      ],
      ['Kafka is killed', killChild('kafka.Kafka')],
      ['PostgreSQL is killed', killPostgres],
    ])('ends the same when %s', { timeout: RUN_TIMEOUT_MS }, async (_name, disturb) => {
      expect(differences(await endStateOf({ distributed: true, disturb }), undisturbed)).toEqual([]);
    });
  },
);
