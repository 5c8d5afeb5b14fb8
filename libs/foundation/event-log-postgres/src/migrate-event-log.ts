import pg from 'pg';
import { preferFastCompression, schemaVersions } from './schema-versions.js';

/** Member roles may publish, consume and park; they cannot change the schema. */
export const eventLogRole = 'samenhang_event_log';
const LOCK = 'samenhang event log migration';
const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

export interface EventLogAccess {
  /** Database roles of the services that use the log. */
  readonly grantTo?: readonly string[];
}

/** Creates the log's schema or brings it up to date, and lets the services in. Safe to repeat and to run concurrently. */
export async function migrateEventLog(adminUrl: string, access: EventLogAccess = {}): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Roles belong to the whole server, the lock to one database: each takes care of its own races.
    await createGroupRole(client);
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [LOCK]);
    await migrateSchema(client);
    await keepClockAhead(client);
    for (const role of access.grantTo ?? []) await grantMembership(client, role);
  } finally {
    await client.end();
  }
}

async function migrateSchema(client: pg.Client): Promise<void> {
  await client.query('CREATE SCHEMA IF NOT EXISTS event_log');
  await client.query(
    'CREATE TABLE IF NOT EXISTS event_log.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const applied = await client.query<{ version: number }>('SELECT version FROM event_log.schema_version');
  const done = new Set(applied.rows.map((row) => row.version));
  for (const [index, statements] of schemaVersions.entries()) {
    const version = index + 1;
    if (done.has(version)) continue;
    await client.query(
      `BEGIN; ${statements} ${preferFastCompression} INSERT INTO event_log.schema_version (version) VALUES (${version}); COMMIT`,
    );
  }
  await client.query(`
    GRANT USAGE ON SCHEMA event_log TO ${eventLogRole};
    GRANT SELECT ON event_log.clock TO ${eventLogRole};
    GRANT SELECT, INSERT, UPDATE, DELETE ON event_log.event, event_log.progress, event_log.mark, event_log.parked TO ${eventLogRole};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA event_log TO ${eventLogRole};
  `);
}

/**
 * Transaction ids restart when a dump is restored into another server. Consumers would take all new events for old
 * ones and never read them; so the base of the log's own count is raised past everything known.
 */
async function keepClockAhead(client: pg.Client): Promise<void> {
  await client.query(`
    UPDATE event_log.clock SET server = control.system_identifier::text, base = known.latest
    FROM pg_control_system() AS control, (
      SELECT coalesce(max(tx), 0) AS latest FROM (
        SELECT max(tx) FROM event_log.event UNION ALL SELECT max(tx) FROM event_log.progress
        UNION ALL SELECT max(tx) FROM event_log.mark UNION ALL SELECT max(tx) FROM event_log.parked
      ) AS places (tx)
    ) AS known
    WHERE clock.server <> control.system_identifier::text
  `);
}

async function createGroupRole(client: pg.Client): Promise<void> {
  const existing = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [eventLogRole]);
  if (existing.rowCount !== 0) return;
  try {
    await client.query(`CREATE ROLE ${eventLogRole} NOLOGIN`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code !== DUPLICATE_OBJECT && code !== UNIQUE_VIOLATION) throw error;
  }
}

async function grantMembership(client: pg.Client, role: string): Promise<void> {
  const member = await client.query(
    'SELECT 1 FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, $2, $3)',
    [role, eventLogRole, 'USAGE'],
  );
  if (member.rowCount !== 0) return;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`GRANT ${eventLogRole} TO ${client.escapeIdentifier(role)}`);
      return;
    } catch (error) {
      const concurrent = error instanceof Error && error.message.includes('tuple concurrently updated');
      if (!concurrent || attempt === 5) throw error;
    }
  }
}
