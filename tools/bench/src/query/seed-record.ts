import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getUra, type MessageId, type NewEvent, type SourceId } from '@samenhang/data-model';
import { PostgresEventLog } from '@samenhang/event-log-postgres';
import { createDataSource, inTransaction, rowsOf } from '@samenhang/persistence';
import pg from 'pg';
import { pino } from 'pino';
import { copyPatients, countCopies } from './copy-patients.js';
import { changesOf, laboratory, type GeneratedPatient } from './generated-patients.js';
import { holderTenant, type HolderUnderTest } from './holder-under-test.js';
import { personsOf, resourcesOf, resourcesOfOriginals } from './persons.js';

const SETTLE_TIMEOUT_MS = 600_000;
const MESSAGES_AT_ONCE = 50;
const HUNDRED = 100;

/** How much a record holds, and how many copies of its originals. */
export interface SeededRecord {
  readonly resources: number;
  readonly copies: number;
}

/**
 * Patients come in as messages of a source would; then the database copies them until it holds so many resources. What it holds
 * of an earlier run stays.
 */
export async function seedRecord(holder: HolderUnderTest, resources: number): Promise<SeededRecord> {
  const client = new pg.Client({
    connectionString: holder.adminUrl,
    options: '-c search_path=record -c synchronous_commit=off -c maintenance_work_mem=512MB',
  });
  await client.connect();
  try {
    if ((await countUpTo(client, 1)) === 0) await publish(holder, personsOf());
    await untilRecorded(client, resourcesOfOriginals);
    const after = await countCopies(client);
    const until = Math.round(resources / resourcesOfOriginals) - 1;
    if (until > after) {
      await copyPatients(client, holder.patientSecret, { after, until });
      await client.query('VACUUM (ANALYZE) resource, patient, citizen_number');
      await client.query('CHECKPOINT');
    }
    const copies = Math.max(after, until);
    return { resources: resourcesOf(copies), copies };
  } finally {
    await client.end();
  }
}

/** A message for each hundred facts. */
async function publish(holder: HolderUnderTest, patients: readonly GeneratedPatient[]): Promise<void> {
  const dataSource = await createDataSource({
    url: holder.publisherUrl,
    schema: 'normalise',
    migrations: [],
  });
  const log = new PostgresEventLog({
    producer: 'normalise',
    logger: pino({ level: 'silent' }),
    runInTransaction: (work) => inTransaction(dataSource, work),
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      rowsOf<Row>(await dataSource.query(sql, parameters)),
  });
  let position = 0;
  let waiting: NewEvent[] = [];
  const send = async (): Promise<void> => {
    const events = waiting;
    waiting = [];
    await inTransaction(dataSource, (transaction) => log.publish(transaction, events));
  };
  for (const patient of patients) {
    const changes = [...(position === 0 ? [laboratory] : []), ...changesOf(patient)];
    for (let at = 0; at < changes.length; at += HUNDRED) {
      waiting.push(toEvent(patient.id, ++position, changes.slice(at, at + HUNDRED)));
      if (waiting.length >= MESSAGES_AT_ONCE) await send();
    }
  }
  await send();
  await dataSource.destroy();
}

function toEvent(
  key: string,
  sourcePosition: number,
  changes: ReturnType<typeof changesOf>,
): NewEvent<'record.normalised'> {
  return {
    type: 'record.normalised',
    key,
    tenant: getUra(holderTenant),
    payload: {
      messageId: randomUUID() as MessageId,
      sourceId: 'bench' as SourceId,
      sourcePosition,
      receivedAt: new Date(Date.UTC(2026, 10, 1, 0, 0, sourcePosition)).toISOString(),
      mappingVersion: '1.0.0',
      changes,
      merges: [],
      issues: [],
    },
  };
}

async function untilRecorded(client: pg.Client, expected: number): Promise<void> {
  for (const end = Date.now() + SETTLE_TIMEOUT_MS; Date.now() < end; await delay(500))
    if ((await countUpTo(client, expected)) >= expected) return;
  throw new Error('The record did not take in what it was sent');
}

/** Of millions, no more is read than needed. */
async function countUpTo(client: pg.Client, limit: number): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM (SELECT FROM resource LIMIT $1) AS found',
    [limit],
  );
  return rows[0]?.n ?? 0;
}
