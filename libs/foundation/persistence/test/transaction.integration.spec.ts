import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource, inTransactionUnder, statementByStatement } from '../src/index.js';

let database: TestDatabase;
let dataSource: DataSource;

const settingNow = "SELECT current_setting('test.reader', true) AS reader";
const settings = { 'test.reader': "O'Hara" };
const ids = async (): Promise<number[]> =>
  (await statementByStatement(dataSource).query<{ id: number }>('SELECT id FROM thing ORDER BY id')).map(
    ({ id }) => id,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  // Few connections (migrating takes two), so that whatever stays behind on one meets the next user.
  dataSource = await createDataSource({ url: database.url, schema: 'test', migrations: [], poolSize: 2 });
  await dataSource.query('CREATE TABLE thing (id integer PRIMARY KEY)');
});
beforeEach(() => dataSource.query('TRUNCATE thing'));
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describe('a transaction under settings', () => {
  it('has them from its first statement, and leaves none behind', async () => {
    const read = await inTransactionUnder(dataSource, settings, ({ query }) => query(settingNow));
    expect(read).toEqual([{ reader: "O'Hara" }]);
    expect(await statementByStatement(dataSource).query(settingNow)).toEqual([{ reader: '' }]);
  });

  it('is undone as a whole when its work fails, settings included', async () => {
    const work = inTransactionUnder(dataSource, settings, async ({ query }) => {
      await query('INSERT INTO thing VALUES (1)');
      await query('INSERT INTO thing VALUES (1)');
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await ids()).toEqual([]);
    expect(await statementByStatement(dataSource).query(settingNow)).toEqual([{ reader: '' }]);
  });
});

describe('an opening that travels along', () => {
  it('leaves nothing outside the transaction when its setting is refused', async () => {
    const insert = inTransactionUnder(dataSource, { work_mem: 'much' }, ({ query }) =>
      query('INSERT INTO thing VALUES (1)'),
    );
    await expect(insert).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('keeps statements that are sent at once in their order', async () => {
    const [first, second] = await inTransactionUnder(dataSource, {}, ({ query }) =>
      Promise.all([
        query('INSERT INTO thing VALUES (1), (2)'),
        query<{ count: number }>('SELECT count(*) FROM thing'),
      ]),
    );
    expect([first, second]).toEqual([[], [{ count: 2 }]]);
  });
});

describe('a commit that travels along', () => {
  const insert = 'INSERT INTO thing VALUES ($1)';

  it('commits what was written with it and before it', async () => {
    await inTransactionUnder(dataSource, settings, async (transaction) => {
      await transaction.query(insert, [1]);
      await transaction.commitBehind(() => [2, 3].map((id) => transaction.query(insert, [id])));
    });
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it.each([[[1, 1, 2]], [[2, 1, 1]]])(
    'commits nothing when one of its writes is refused: %j',
    async (numbers) => {
      const work = inTransactionUnder(dataSource, settings, (transaction) =>
        transaction.commitBehind(() => numbers.map((id) => transaction.query(insert, [id]))),
      );
      await expect(work).rejects.toMatchObject({ code: '23505' });
      expect(await ids()).toEqual([]);
    },
  );

  it('commits nothing when a write fails before it sends anything', async () => {
    const work = inTransactionUnder(dataSource, settings, (transaction) =>
      transaction.commitBehind(() => [transaction.query(insert, [1]), Promise.reject(new Error('unfit'))]),
    );
    await expect(work).rejects.toThrow('unfit');
    expect(await ids()).toEqual([]);
  });

  it('commits nothing when work fails unheard, and takes no statement after it', async () => {
    const unheard = inTransactionUnder(dataSource, settings, (transaction) => {
      transaction.query('SELECT 1/0').catch(() => {});
      return Promise.resolve();
    });
    await expect(unheard).rejects.toThrow('rolled back');
    await inTransactionUnder(dataSource, settings, async (transaction) => {
      await transaction.commitBehind(() => []);
      await expect(transaction.query(insert, [1])).rejects.toThrow('over');
    });
    expect(await ids()).toEqual([]);
  });
});

describe('a transaction that only reads', () => {
  it('ends right behind what is sent at first, with the results of all', async () => {
    await inTransactionUnder(dataSource, {}, ({ query }) => query('INSERT INTO thing VALUES (1)'));
    const counted = await inTransactionUnder(dataSource, {}, (transaction) =>
      transaction.endBehind(() =>
        Promise.all([
          transaction.query<{ n: number }>('SELECT count(*)::int AS n FROM thing'),
          transaction.query<{ id: number }>('SELECT id FROM thing'),
        ]),
      ),
    );
    expect(counted).toEqual([[{ n: 1 }], [{ id: 1 }]]);
  });

  it('tells the fault of a statement, and takes no statement after it', async () => {
    const faulty = inTransactionUnder(dataSource, {}, (transaction) =>
      transaction.endBehind(() => transaction.query('SELECT 1/0')),
    );
    await expect(faulty).rejects.toMatchObject({ code: '22012' });
    const late = inTransactionUnder(dataSource, {}, (transaction) =>
      transaction.endBehind(async () => {
        await transaction.query('SELECT 1');
        return transaction.query('SELECT 2');
      }),
    );
    await expect(late).rejects.toThrow('over');
  });
});

describe('settings of every connection', () => {
  it('hold', async () => {
    const session = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' };
    const other = await createDataSource({ url: database.url, schema: 'test', migrations: [], session });
    try {
      expect(await other.query('SHOW plan_cache_mode')).toEqual([{ plan_cache_mode: 'force_generic_plan' }]);
      expect(await other.query('SHOW search_path')).toEqual([{ search_path: 'test' }]);
    } finally {
      await other.destroy();
    }
  });
});

describe('a statement that is used often', () => {
  it('answers the same when it is prepared, also after it failed', async () => {
    const insert = 'INSERT INTO thing VALUES ($1) RETURNING id';
    for (let id = 0; id < 10; id += 1) {
      const add = (): Promise<unknown> =>
        inTransactionUnder(dataSource, {}, ({ query }) => query(insert, [id]));
      expect(await add()).toEqual([{ id }]);
      await expect(add()).rejects.toMatchObject({ code: '23505' });
    }
    expect(await ids()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('goes on after its table has changed', async () => {
    for (let round = 0; round < 10; round += 1) await ids();
    await dataSource.query('ALTER TABLE thing ADD COLUMN name text');
    expect(await ids()).toEqual([]);
  });
});
