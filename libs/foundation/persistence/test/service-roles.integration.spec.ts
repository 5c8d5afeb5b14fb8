import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource, inTransaction, provisionServiceRoles, withClient } from '../src/index.js';

class CreateThing1700000000000 implements MigrationInterface {
  name = 'CreateThing1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE thing (id integer PRIMARY KEY, name text NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE thing');
  }
}

let test: TestDatabase;
let urls: ReadonlyMap<string, string>;
const suffix = Math.random().toString(36).slice(2, 8);
const [first, second] = [`first_${suffix}`, `second_${suffix}`];

beforeAll(async () => {
  test = await createTestDatabase();
  const database = new URL(test.url).pathname.slice(1);
  const roles = [first, second].map((name) => ({ name, password: 'test-password' }));
  urls = await provisionServiceRoles(test.url, database, roles);
  await provisionServiceRoles(test.url, database, roles);
});
afterAll(() => test.drop());

const open = (name: string): ReturnType<typeof createDataSource> =>
  createDataSource({ url: urls.get(name) ?? '', schema: name, migrations: [CreateThing1700000000000] });

describe('databases of services', () => {
  it('migrates once when several instances start together', async () => {
    const sources = await Promise.all([open(first), open(first), open(first)]);
    await withClient(test.url, async (client) => {
      const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${first}.migration`);
      expect(rows).toEqual([{ n: 1 }]);
    });
    await Promise.all(sources.map((source) => source.destroy()));
  });

  it('keeps a service out of the schema of another', async () => {
    const own = await open(second);
    await expect(own.query(`SELECT * FROM ${first}.thing`)).rejects.toThrow(/permission denied/);
    await expect(own.query('CREATE SCHEMA intruder')).rejects.toThrow(/permission denied/);
    await own.destroy();
  });

  it('gives rows for every kind of statement, and undoes all when the work throws', async () => {
    const source = await open(second);
    await inTransaction(source, async (transaction) => {
      await transaction.query('INSERT INTO thing VALUES (1, $1)', ['kept']);
      expect(await transaction.query('UPDATE thing SET name = $1 RETURNING id', ['kept'])).toEqual([
        { id: 1 },
      ]);
    });
    const failing = inTransaction(source, async (transaction) => {
      await transaction.query('INSERT INTO thing VALUES (2, $1)', ['lost']);
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    expect(await source.query('SELECT id FROM thing')).toEqual([{ id: 1 }]);
    await source.destroy();
  });
});
