import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@samenhang/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kafkaAvailable, startKafka } from '../../kafka/kafka.mjs';
import { RunningLocalisation } from './running-localisation.js';

const PATIENTS = 3_000;
const kafka = kafkaAvailable();
if (!kafka.available && process.env['CI'] === 'true')
  throw new Error(`Kafka is needed in CI: ${kafka.reason}`);
let node: RunningLocalisation;
afterEach(() => node.stop());

/** Evaluations by the way in which they were asked for. */
async function evaluations(): Promise<{ bulk: number; all: number }> {
  const [bulk] = await node.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM pseudonymisation.bulk_request WHERE refusal IS NULL`,
  );
  const [all] = await node.rows<{ count: number }>(
    `SELECT coalesce(sum(used), 0)::int AS count FROM pseudonymisation.evaluation_usage WHERE subject = 'client:registrar'`,
  );
  return { bulk: bulk?.count ?? 0, all: all?.count ?? 0 };
}

/** Each patient stands there once, under a pseudonym of their own. */
async function expectEachOnce(): Promise<void> {
  const [row] = await node.rows<{ registrations: number; persons: number }>(
    `SELECT count(*)::int AS registrations, count(DISTINCT pseudonym_hash)::int AS persons
       FROM reference_index.registration`,
  );
  expect(row).toEqual({ registrations: PATIENTS, persons: PATIENTS });
}

/** Some are registered, and for a while no more come. */
async function hasStopped(): Promise<boolean> {
  const before = await node.countRegistered();
  await delay(2_500);
  return before > 0 && (await node.countRegistered()) === before;
}

/** The index told of each once. */
async function expectEachToldOnce(): Promise<void> {
  const changes = await node.rows(`SELECT 1 FROM event_log.event WHERE type LIKE 'localisation.%'`);
  expect(changes).toHaveLength(PATIENTS);
}

describe('an initial load of 3,000 patients', () => {
  beforeEach(async () => {
    node = await RunningLocalisation.start();
  });

  it('is evaluated over the event log, by the services as they run', { timeout: 120_000 }, async () => {
    await node.load(PATIENTS);
    await node.registered(PATIENTS);
    await expectEachOnce();
    await expectEachToldOnce();
    const { bulk, all } = await evaluations();
    // What is left of a chunk of events and is little goes over HTTP.
    expect(bulk).toBeGreaterThan(PATIENTS / 250 / 2);
    expect(all).toBe(PATIENTS);
  });

  it('goes on where it was when the registrar stops in the middle', { timeout: 120_000 }, async () => {
    await node.load(PATIENTS);
    await node.until('some are registered', async () => (await node.countRegistered()) >= 200);
    await node.restart('registrar');
    await node.registered(PATIENTS);
    await expectEachOnce();
    await expectEachToldOnce();
    expect((await evaluations()).all).toBe(PATIENTS);
  });

  it('waits for its quota, and then ends', { timeout: 120_000 }, async () => {
    await node.restart('pseudonymisation', { ORGANISATION_QUOTA_PER_DAY: '1000' });
    await node.load(PATIENTS);
    await node.until('the quota is used up', hasStopped);
    const registered = await node.countRegistered();
    // A request that does not fit into what is left of the quota is refused whole.
    expect(registered).toBeGreaterThan(0);
    expect(registered).toBeLessThanOrEqual(1_000);
    await node.restart('pseudonymisation');
    await node.registered(PATIENTS);
    await expectEachOnce();
    await expectEachToldOnce();
  });

  it('goes over HTTP where no client is known to pseudonymisation', { timeout: 120_000 }, async () => {
    node.forgetClients();
    await node.restart('pseudonymisation');
    await node.load(PATIENTS);
    await node.registered(PATIENTS);
    await expectEachOnce();
    await expectEachToldOnce();
    expect((await evaluations()).bulk).toBe(0);
  });
});

describe.skipIf(!kafka.available)(
  `the same over Kafka${kafka.available ? '' : ` (skipped: ${kafka.reason})`}`,
  () => {
    const directory = mkdtempSync('/var/tmp/samenhang-initial-load-');
    let stopKafka: (() => Promise<void>) | undefined;
    beforeEach(async () => {
      chmodSync(directory, 0o711);
      const port = await freePort();
      const broker = await startKafka({
        dataDir: directory,
        port,
        controllerPort: await freePort(),
        heapMegabytes: 256,
      });
      stopKafka = () => broker.stop();
      node = await RunningLocalisation.start({
        EVENT_LOG: 'kafka',
        KAFKA_BROKERS: `127.0.0.1:${String(port)}`,
      });
    }, 120_000);
    afterEach(async () => {
      await stopKafka?.();
      rmSync(directory, { recursive: true, force: true });
    }, 60_000);

    it('goes on where it was when the registrar stops in the middle', { timeout: 180_000 }, async () => {
      await node.load(PATIENTS);
      await node.until('some are registered', async () => (await node.countRegistered()) >= 200);
      await node.restart('registrar');
      await node.registered(PATIENTS);
      await expectEachOnce();
      const { bulk, all } = await evaluations();
      expect(bulk).toBeGreaterThan(PATIENTS / 250 / 2);
      expect(all).toBe(PATIENTS);
    });
  },
);
