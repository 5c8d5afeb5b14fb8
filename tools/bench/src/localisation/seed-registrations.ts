import pg from 'pg';
import { rounded } from '../statistics.js';
import { pseudonymHashOf } from './sealed-tokens.js';
import type { NationalServices } from './national-services.js';

export interface Seeded {
  readonly rows: number;
  /** Table and indexes. */
  readonly bytesPerRow: number;
  readonly bytesPerRowOfTable: number;
  readonly bytesPerRowOfIndexes: number;
}

export const holdersPerPerson = 8;

/** So many registrations of unknown persons, eight to each, by the database itself; and those of the persons asked for. */
export async function seedRegistrations(
  services: NationalServices,
  rows: number,
  persons: readonly number[],
): Promise<Seeded> {
  const client = new pg.Client({
    connectionString: services.databaseUrl,
    options: '-c search_path=reference_index -c synchronous_commit=off -c maintenance_work_mem=1GB',
  });
  await client.connect();
  try {
    const restoreIndexes = await dropIndexes(client);
    const strangers = Math.max(1, Math.round(rows / holdersPerPerson) - persons.length);
    await client.query(
      `INSERT INTO registration (id, pseudonym_hash, custodian, category, source)
       SELECT gen_random_uuid(), person.hash, (20000000 + (person.number * 7 + holder * 1009) % 5000)::text,
              'Condition', 'samenhang-record'
         FROM (SELECT number, sha256(convert_to(number::text || random()::text, 'UTF8')) AS hash
                 FROM generate_series(1, $1::int) AS number) AS person, generate_series(1, $2::int) AS holder`,
      [strangers, holdersPerPerson],
    );
    await client.query(
      `INSERT INTO registration (id, pseudonym_hash, custodian, category, source)
       SELECT gen_random_uuid(), hash, (20000000 + holder * 1009)::text, 'Condition', 'samenhang-record'
         FROM unnest($1::bytea[]) AS hash, generate_series(1, $2::int) AS holder`,
      [persons.map((person) => pseudonymHashOf(services, person)), holdersPerPerson],
    );
    await restoreIndexes();
    await client.query('VACUUM (ANALYZE) registration');
    await client.query('CHECKPOINT');
    const { rows: sizes } = await client.query<{ rows: string; table: string; indexes: string }>(
      `SELECT count(*) AS rows, pg_table_size('registration') AS table, pg_indexes_size('registration') AS indexes
         FROM registration`,
    );
    const [size] = sizes;
    const count = Number(size?.rows);
    const perRow = (bytes: string | undefined): number => rounded(Number(bytes) / count, 1);
    const table = perRow(size?.table);
    const indexes = perRow(size?.indexes);
    return {
      rows: count,
      bytesPerRow: rounded(table + indexes, 1),
      bytesPerRowOfTable: table,
      bytesPerRowOfIndexes: indexes,
    };
  } finally {
    await client.end();
  }
}

/** Built when the rows are there, they take a fraction of the time. @returns what builds them, as the schema has them */
async function dropIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const { rows: constraints } = await client.query<{ name: string; definition: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE conrelid = 'registration'::regclass AND contype IN ('p', 'u')`,
  );
  for (const { name } of constraints) await client.query(`ALTER TABLE registration DROP CONSTRAINT ${name}`);
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = 'reference_index' AND tablename = 'registration'`,
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { name, definition } of constraints)
      await client.query(`ALTER TABLE registration ADD CONSTRAINT ${name} ${definition}`);
    for (const { definition } of indexes) await client.query(definition);
  };
}
