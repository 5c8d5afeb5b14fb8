import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { KafkaEventLog } from '@samenhang/event-log-kafka';
import { poolDatabase } from '@samenhang/event-log-postgres';
import { freePort } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaAvailable, startKafka, type RunningKafka } from '../../../../tools/kafka/kafka.mjs';
import { startPostgres } from '../../../../tools/postgres/postgres.mjs';
import { adt, MllpSender } from './mllp-sender.js';
import { RunningIngest } from './running-ingest.js';

const PATIENTS = 4;
const ARRIVAL_TIMEOUT_MS = 90_000;

const kafka = kafkaAvailable();
if (!kafka.available && process.env['CI'] === 'true')
  throw new Error(`Kafka is needed in CI: ${kafka.reason}`);

describe.skipIf(!kafka.available)(
  `MLLP while Kafka is in trouble${kafka.available ? '' : ` (skipped: ${kafka.reason})`}`,
  () => {
    const directory = mkdtempSync('/var/tmp/samenhang-kafka-outage-');
    let postgres: Awaited<ReturnType<typeof startPostgres>>;
    let broker: RunningKafka | undefined;
    let ports: { database: number; kafka: number; controller: number; mllp: number };
    let ingest: RunningIngest;
    /** The service that messages go to: it writes down what arrives. */
    let next: { log: KafkaEventLog; pool: pg.Pool };

    const startDatabase = (): ReturnType<typeof startPostgres> =>
      startPostgres({ dataDirectory: join(directory, 'postgres'), port: ports.database });
    const startBroker = async (): Promise<void> => {
      const dataDir = join(directory, 'kafka');
      broker = await startKafka({
        dataDir,
        port: ports.kafka,
        controllerPort: ports.controller,
        heapMegabytes: 256,
      });
    };

    beforeAll(async () => {
      chmodSync(directory, 0o711);
      ports = {
        database: await freePort(),
        kafka: await freePort(),
        controller: await freePort(),
        mllp: await freePort(),
      };
      postgres = await startDatabase();
      const brokers = `127.0.0.1:${String(ports.kafka)}`;
      ingest = await RunningIngest.start(
        { url: postgres.url, drop: () => Promise.resolve() },
        { EVENT_LOG: 'kafka', KAFKA_BROKERS: brokers },
      );
      const mllp = { host: '127.0.0.1', port: ports.mllp };
      expect((await ingest.declare('his', { kind: 'mllp', mllp })).status).toBe(201);
      next = await startNext(brokers);
    }, 120_000);
    afterAll(async () => {
      await next.log.stop();
      await ingest.stop();
      await next.pool.end();
      await broker?.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    }, 60_000);

    async function startNext(broker: string): Promise<{ log: KafkaEventLog; pool: pg.Pool }> {
      await ingest.query(
        `CREATE TABLE arrived (sequence bigserial, key text, message_id uuid, source_position bigint)`,
      );
      const pool = new pg.Pool({ connectionString: postgres.url });
      pool.on('error', () => undefined);
      const log = new KafkaEventLog({
        ...poolDatabase(pool),
        producer: 'next',
        brokers: [broker],
        retry: { longestDelayMilliseconds: 500 },
        consumer: { sessionTimeoutMilliseconds: 6_000, fetchWaitMilliseconds: 100 },
      });
      log.subscribe({
        group: 'next',
        type: 'source-message.received',
        handle: async (transaction, events) => {
          for (const { key, payload } of events) {
            if (!('sourcePosition' in payload)) throw new Error('an event of another type');
            await transaction.query(
              'INSERT INTO arrived (key, message_id, source_position) VALUES ($1, $2, $3)',
              [key, payload.messageId, payload.sourcePosition],
            );
          }
        },
      });
      await log.start();
      return { log, pool };
    }

    /** Sends each once, to several patients in turn; gives what was answered. */
    async function send(prefix: string, count: number, msh = ''): Promise<Set<string | undefined>> {
      const sender = await MllpSender.connect(ports.mllp);
      const codes = new Set<string | undefined>();
      for (let number = 1; number <= count; number += 1) {
        const pid = `${String(1000 + (number % PATIENTS))}^^^^PI`;
        const answer = await sender.send(adt(`${prefix}-${String(number)}`, { msh, pid }));
        codes.add(answer.segment('MSA')?.field(1).text);
      }
      sender.close();
      return codes;
    }

    /** Every message stored has arrived once, and those of a patient in their order. */
    async function expectArrived(count: number): Promise<void> {
      await vi.waitFor(
        async () =>
          expect((await ingest.query('SELECT 1 FROM arrived')).length).toBeGreaterThanOrEqual(count),
        { timeout: ARRIVAL_TIMEOUT_MS, interval: 250 },
      );
      const [figures] = await ingest.query(
        `SELECT count(*)::integer AS stored, count(a.message_id)::integer AS arrived,
                count(DISTINCT a.message_id)::integer AS distinct
           FROM ingest.message m FULL JOIN arrived a ON a.message_id = m.id`,
      );
      expect(figures).toEqual({ stored: count, arrived: count, distinct: count });
      const disorder = await ingest.query(
        `SELECT 1 FROM (SELECT source_position, lag(source_position) OVER (PARTITION BY key ORDER BY sequence) AS before
                          FROM arrived) AS a WHERE before > source_position`,
      );
      expect(disorder).toEqual([]);
    }

    it(
      'says AA for what is committed, and hands each on once when Kafka is back',
      { timeout: 240_000 },
      async () => {
        expect(await send('EARLY', 20)).toEqual(new Set(['AA']));
        expect(await send('EARLY', 20)).toEqual(new Set(['AA']));
        expect(await ingest.query('SELECT 1 FROM ingest.message')).toHaveLength(20);
        expect(await ingest.query('SELECT 1 FROM arrived')).toEqual([]);
        await startBroker();
        await expectArrived(20);

        const sending = send('DURING', 100);
        await wait(50);
        if (broker !== undefined) process.kill(broker.pid, 'SIGKILL');
        await broker?.exited;
        expect(await sending).toEqual(new Set(['AA']));
        expect(await send('GONE', 20, '|||AL|NE')).toEqual(new Set(['CA']));
        await startBroker();
        await expectArrived(140);
      },
    );

    it(
      'says AE and CE while PostgreSQL is stopped, whatever Kafka could take',
      { timeout: 120_000 },
      async () => {
        await postgres.stop();
        expect(await send('STOPPED', 1)).toEqual(new Set(['AE']));
        expect(await send('STOPPED-E', 1, '|||AL|NE')).toEqual(new Set(['CE']));
        postgres = await startDatabase();
        await vi.waitFor(async () => expect(await send('STOPPED', 1)).toEqual(new Set(['AA'])), {
          timeout: 30_000,
          interval: 250,
        });
        expect(await send('STOPPED-E', 1, '|||AL|NE')).toEqual(new Set(['CA']));
        await expectArrived(142);
      },
    );
  },
);
