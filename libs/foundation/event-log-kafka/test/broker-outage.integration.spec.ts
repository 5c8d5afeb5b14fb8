import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaEventLog } from '@samenhang/event-log-kafka';
import { migrateEventLog, poolDatabase } from '@samenhang/event-log-postgres';
import {
  caughtUp,
  createEffectTable,
  effectsByKey,
  eventually,
  numbered,
  publish,
  range,
  readEffects,
  recorder,
  type OpenLog,
} from '@samenhang/event-log/contract';
import { createTestDatabase } from '@samenhang/testing';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startKafka, type RunningKafka } from '../../../../tools/kafka/kafka.mjs';
import { kafkaSkipReason } from './broker.js';
import { quickTiming } from './kafka-harness.js';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const title = 'event log on a Kafka that goes away';
describe.skipIf(kafkaSkipReason !== null)(
  kafkaSkipReason === null ? title : `${title} (skipped: ${kafkaSkipReason})`,
  () => {
    let folder: string;
    let ports: { port: number; controllerPort: number };
    let kafka: RunningKafka | undefined;
    let database: Awaited<ReturnType<typeof createTestDatabase>>;
    let pool: pg.Pool;
    let service: OpenLog;

    beforeEach(async () => {
      folder = mkdtempSync(join('/var/tmp', 'samenhang-kafka-outage-'));
      ports = { port: await freePort(), controllerPort: await freePort() };
      database = await createTestDatabase();
      await migrateEventLog(database.url);
      pool = new pg.Pool({ connectionString: database.url });
      pool.on('error', () => {});
      const access = poolDatabase(pool);
      const log = new KafkaEventLog({
        ...access,
        producer: 'producer',
        brokers: [`127.0.0.1:${ports.port}`],
        topics: { partitions: 2, replicationFactor: 1 },
        retry: { longestDelayMilliseconds: 500 },
        consumer: quickTiming,
      });
      service = { log, runInTransaction: access.runInTransaction, close: () => log.stop() };
      await createEffectTable(harness);
      log.subscribe(recorder('group', () => delay(5)));
    });

    afterEach(async () => {
      await service.close();
      await kafka?.stop();
      await pool.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    const query = async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
      (await pool.query(sql, parameters)).rows as Row[];
    const harness = { query } as Parameters<typeof createEffectTable>[0];
    const startBroker = async (): Promise<void> => {
      kafka = await startKafka({ dataDir: folder, ...ports, heapMegabytes: 256 });
    };

    it(
      'takes in events while there is no broker, and survives its sudden death under load',
      { timeout: 180_000 },
      async () => {
        await service.log.start();
        await publish(service, numbered('early', 1));
        await startBroker();
        await eventually(
          () => readEffects(harness, 'group'),
          (effects) => effects.length === 1,
          60_000,
        );

        const keys = ['a', 'b', 'c'];
        const load = (async () => {
          for (const number of range(300)) {
            await publish(service, ...keys.map((key) => numbered(key, number)));
            await delay(10);
          }
        })();
        for (let round = 0; round < 2; round += 1) {
          await delay(700);
          if (kafka !== undefined) process.kill(kafka.pid, 'SIGKILL');
          await kafka?.exited;
          await delay(500);
          await startBroker();
        }
        await load;
        await eventually(
          () => readEffects(harness, 'group'),
          (effects) => effects.length >= 901,
          90_000,
        );
        await caughtUp(service.log);
        expect(await effectsByKey(harness, 'group')).toEqual({
          early: [1],
          ...Object.fromEntries(keys.map((key) => [key, range(300)])),
        });
        expect(await service.log.listParked('group')).toEqual([]);
      },
    );

    it(
      'does nothing twice when messages are repeated, and parks what is not an event',
      { timeout: 60_000 },
      async () => {
        await startBroker();
        await service.log.start();
        await publish(service, ...range(20).map((number) => numbered('a', number)));
        await caughtUp(service.log);
        await repeatTopic();
        await publish(service, numbered('a', 21));
        await caughtUp(service.log);
        expect(await effectsByKey(harness, 'group')).toEqual({ a: range(21) });
        expect((await service.log.listParked('group')).map(({ key, reason }) => [key, reason])).toEqual([
          ['stranger', 'the message has no place in an event log'],
        ]);
      },
    );

    /** What a relay does that was killed between handing on and noting it; and a message of somebody else. */
    async function repeatTopic(): Promise<void> {
      const client = new Kafka({
        clientId: 'test',
        brokers: [`127.0.0.1:${ports.port}`],
        logLevel: logLevel.NOTHING,
      });
      const topic = 'samenhang.audit.recorded';
      const reader = client.consumer({ groupId: 'reader' });
      const seen: { key: string; value: string; headers: Record<string, string> }[] = [];
      await reader.connect();
      await reader.subscribe({ topic, fromBeginning: true });
      await reader.run({
        eachMessage: ({ message }) => {
          const headers = Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          );
          seen.push({ key: String(message.key), value: String(message.value), headers });
          return Promise.resolve();
        },
      });
      await eventually(
        () => Promise.resolve(seen.length),
        (length) => length === 20,
      );
      await reader.disconnect();
      const writer = client.producer();
      await writer.connect();
      await writer.send({ topic, messages: [...seen.slice(10), { key: 'stranger', value: 'hello\0' }] });
      await writer.disconnect();
    }
  },
);
