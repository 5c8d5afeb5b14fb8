import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  getUra,
  type MessageId,
  type NewEvent,
  type RecordNormalised,
  type SourceId,
} from '@samenhang/data-model';
import { migrateEventLog, PostgresEventLog } from '@samenhang/event-log-postgres';
import { normaliseService } from '@samenhang/normalise';
import { createDataSource, inTransaction, rowsOf } from '@samenhang/persistence';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const secrets = mkdtempSync(join(tmpdir(), 'normalise-secrets-'));
let database: TestDatabase;
let dataSource: Awaited<ReturnType<typeof createDataSource>>;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateEventLog(database.url);
  dataSource = await createDataSource({ url: database.url, schema: 'ingest', migrations: [] });
  writeFileSync(
    join(secrets, 'patient-keyring.json'),
    JSON.stringify({ secret: Buffer.alloc(32, 7).toString('base64') }),
  );
  service = await runService(normaliseService, {
    DATABASE_URL: database.url,
    PORT: String(await freePort()),
    SECRETS_DIR: secrets,
    LOG_LEVEL: 'silent',
  });
});

afterAll(async () => {
  await service.close();
  await dataSource.destroy();
  await database.drop();
  rmSync(secrets, { recursive: true });
});

it('turns a message on the log into resources on the log, and counts it', async () => {
  const content = 'MSH|^~\\&|EPD|N|S|L|20260301||ADT^A01|1|P|2.5\rPID|1||1234567^^^^PI||Jansen\r';
  const received: NewEvent<'source-message.received'> = {
    type: 'source-message.received',
    key: 'patient-key',
    tenant: getUra('22222222'),
    payload: {
      messageId: '9d0c2f4e-5a43-4f9b-9a5e-0c4b8d3b7c11' as MessageId,
      sourceId: 'epd' as SourceId,
      format: 'hl7v2',
      receivedAt: '2026-03-01T12:00:00Z',
      sourcePosition: 1,
      content: Buffer.from(content).toString('base64'),
      settings: {
        localIdentifierSystem: 'https://noord.example/patients',
        timeZone: 'Europe/Amsterdam',
        defaultCharset: 'UNICODE UTF-8',
        displayName: 'Noord',
      },
    },
  };
  const log = new PostgresEventLog({
    producer: 'ingest',
    logger: pino({ level: 'silent' }),
    runInTransaction: (work) => inTransaction(dataSource, work),
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      rowsOf<Row>(await dataSource.query(sql, parameters)),
  });
  await inTransaction(dataSource, (transaction) => log.publish(transaction, [received]));

  const normalised = await vi.waitFor(
    async () => {
      const rows = rowsOf<{ payload: string }>(
        await dataSource.query(`SELECT payload FROM event_log.event WHERE type = 'record.normalised'`),
      );
      expect(rows).toHaveLength(1);
      return JSON.parse(rows[0]?.payload ?? '') as RecordNormalised;
    },
    { timeout: 15_000, interval: 50 },
  );
  expect(normalised.changes).toMatchObject([{ action: 'put', resourceType: 'Patient' }]);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/normalise_messages_total\{[^}]*outcome="normalised"[^}]*\} 1/);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
