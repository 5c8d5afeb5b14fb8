import { randomBytes } from 'node:crypto';
import type { NewEvent } from '@samenhang/data-model';
import { eventLogRole, migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { createTestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const event: NewEvent<'audit.recorded'> = {
  type: 'audit.recorded',
  key: 'a',
  tenant: null,
  payload: { recordedAt: '2026-01-01T00:00:00Z', auditEvent: { resourceType: 'AuditEvent', id: '1' } },
};

describe('migrateEventLog', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => {});
  });

  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const publish = (on: pg.Pool): Promise<void> =>
    poolDatabase(on).runInTransaction((transaction) =>
      new PostgresEventLog({ ...poolDatabase(on), producer: 'test' }).publish(transaction, [event]),
    );
  const transactionNumbers = async (): Promise<number[]> =>
    (await pool.query<{ tx: string }>('SELECT tx FROM event_log.event ORDER BY position')).rows.map((row) =>
      Number(row.tx),
    );

  it('may run many times at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrateEventLog(database.url)));
    await migrateEventLog(database.url);
    await publish(pool);
    expect(await transactionNumbers()).toHaveLength(1);
  });

  it('lets the roles of services use the log, and not change it', async () => {
    const role = `service_${randomBytes(6).toString('hex')}`;
    await pool.query(`CREATE ROLE ${role} LOGIN`);
    try {
      await migrateEventLog(database.url, { grantTo: [role] });
      await migrateEventLog(database.url, { grantTo: [role] });
      const url = new URL(database.url);
      url.username = role;
      const service = new pg.Pool({ connectionString: url.href });
      await publish(service);
      await expect(service.query('DROP TABLE event_log.event')).rejects.toThrow('owner');
      await expect(service.query('UPDATE event_log.clock SET base = 0')).rejects.toThrow('permission denied');
      await service.end();
      const member = await pool.query('SELECT pg_has_role($1, $2, $3) AS member', [
        role,
        eventLogRole,
        'USAGE',
      ]);
      expect(member.rows).toEqual([{ member: true }]);
    } finally {
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('keeps new events behind old ones when the data was restored into another server', async () => {
    await migrateEventLog(database.url);
    const future = 5_000_000_000;
    await pool.query(`UPDATE event_log.clock SET server = 'the old server'`);
    await pool.query(
      `INSERT INTO event_log.progress (consumer_group, type, tx, position) VALUES ('group', 'audit.recorded', $1, 1)`,
      [future],
    );
    await migrateEventLog(database.url);
    await publish(pool);
    expect((await transactionNumbers())[0]).toBeGreaterThan(future);
  });
});
