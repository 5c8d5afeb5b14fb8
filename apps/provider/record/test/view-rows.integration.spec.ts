import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchRows, type Bounds } from '../src/secondary-use/view-rows.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const transaction = {
  query: async <Row>(sql: string, parameters: unknown[] = []) =>
    (await client.query(sql, parameters)).rows as Row[],
};

/** The rows of a statement, and whether there were more; what it fails with otherwise. */
async function read(sql: string, bounds: Bounds, statementTimeout = '60s') {
  await client.query(`BEGIN; SET LOCAL statement_timeout = '${statementTimeout}'`);
  try {
    const parts = fetchRows(transaction, { sql, values: [] }, bounds);
    let rows = 0;
    for (;;) {
      const next = await parts.next();
      if (next.done === true) return { rows, truncated: next.value };
      rows += next.value.length;
    }
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Row by row: in the select list the server does not make all of them first. */
const endless =
  'SELECT i::text AS person, $$[]$$ AS cells FROM (SELECT generate_series(1, 1000000000) AS i) AS counted';
const patient = { maximumRows: 1_000, maximumSeconds: 600 };

describe('A statement that does not end', () => {
  it('is stopped by the server when its first row does not come', async () => {
    const rowless =
      'SELECT person, cells FROM (SELECT $$a$$ AS person, pg_sleep(600)::text AS cells) AS never';
    await expect(read(rowless, patient, '100ms')).rejects.toMatchObject({ kind: 'timeout' });
    const searching = `${endless} WHERE i < 0`;
    await expect(read(searching, patient, '100ms')).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is left when its rows go on for longer than a holder works, however soon each comes', async () => {
    const all = { maximumRows: Number.MAX_SAFE_INTEGER, maximumSeconds: 0.2 };
    await expect(read(endless, all)).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('gives as many rows as a holder gives at once, and says that there were more', async () => {
    expect(await read(endless, { ...patient, maximumRows: 2_500 })).toEqual({ rows: 2_500, truncated: true });
    expect(await read(`${endless} LIMIT 2500`, { ...patient, maximumRows: 2_500 })).toEqual({
      rows: 2_500,
      truncated: false,
    });
  });
});

it('says nothing of a row at which a statement fails', async () => {
  const secret = `SELECT person, cells FROM (SELECT $$a$$ AS person, ($$Jansen$$::int)::text AS cells) AS broken`;
  const failing = read(secret, patient);
  await expect(failing).rejects.toMatchObject({ kind: 'invalid' });
  await expect(failing).rejects.not.toThrow('Jansen');
});
