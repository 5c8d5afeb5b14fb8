import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getUra, type MessageId, type NewEvent, type SourceId } from '@samenhang/data-model';
import { PostgresEventLog } from '@samenhang/event-log-postgres';
import { createDataSource, inTransaction, rowsOf } from '@samenhang/persistence';
import pg from 'pg';
import { pino } from 'pino';
import { changesOf, laboratory, type GeneratedPatient } from './generated-patients.js';
import { holderTenant, type HolderUnderTest } from './holder-under-test.js';

const SETTLE_TIMEOUT_MS = 600_000;
const MESSAGES_AT_ONCE = 50;
const HUNDRED = 100;

/**
 * Patients come in as messages of a source would; then the database copies them until it holds so many resources. Copies
 * are other patients: what is asked for stays the same while the tables grow.
 * @returns how many resources there are
 */
export async function seedRecord(
  holder: HolderUnderTest,
  patients: readonly GeneratedPatient[],
  resources: number,
): Promise<number> {
  await publish(holder, patients);
  const client = new pg.Client({
    connectionString: holder.adminUrl,
    options: '-c search_path=record -c synchronous_commit=off -c maintenance_work_mem=512MB',
  });
  await client.connect();
  try {
    const stated = patients.reduce((sum, { facts }) => sum + facts + 1, 1);
    await untilRecorded(client, stated);
    const copies = Math.max(0, Math.round(resources / stated) - 1);
    await copyPatients(client, copies);
    await client.query('VACUUM (ANALYZE) resource, patient');
    await client.query('CHECKPOINT');
    return await countOf(client);
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
    if ((await countOf(client)) >= expected) return;
  throw new Error('The record did not take in what it was sent');
}

async function countOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM resource');
  return rows[0]?.n ?? 0;
}

/** Patient by patient, so that one patient's rows lie together, as they do in a record that grew. */
async function copyPatients(client: pg.Client, copies: number): Promise<void> {
  if (copies === 0) return;
  await client.query('DROP INDEX resource_of_patient');
  await client.query(
    `INSERT INTO patient (id, tenant, patient_id, root, own_bsn_key, bsn_key)
     SELECT p.id + copy * 1000000, p.tenant, p.patient_id || '-' || copy, p.root + copy * 1000000,
       p.own_bsn_key || '-' || copy, p.bsn_key || '-' || copy
     FROM patient p, generate_series(1, $1::int) AS copy`,
    [copies],
  );
  const columns = `type, version, last_updated, category, source_id, source_position, received_at, mapping_version,
    deleted, mentioned, content_hash, body, effective_from, effective_until, code_hash, tokens, links, details`;
  for (let copy = 1; copy <= copies; copy += 1)
    await client.query(
      `INSERT INTO resource (tenant, id, patient_key, ${columns})
       SELECT tenant, id || '-' || $1::text, patient_key + $1::bigint * 1000000, ${columns} FROM resource
       WHERE patient_key < 1000000 ORDER BY patient_key, type`,
      [copy],
    );
  await client.query(
    `CREATE INDEX resource_of_patient ON resource (patient_key, type, effective_from DESC NULLS LAST)
     WHERE patient_key IS NOT NULL`,
  );
}
