import { createDataSource, withClient } from '@samenhang/persistence';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SharedProofs } from '../src/index.js';

let database: TestDatabase;
let sources: DataSource[];
let instances: SharedProofs[];

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { url: database.url, schema: 'probe', migrations: [] };
  sources = [await createDataSource(settings), await createDataSource(settings)];
  // At the same moment, as instances start.
  instances = await Promise.all(sources.map((source) => SharedProofs.start(source)));
});

afterAll(async () => {
  for (const instance of instances ?? []) instance.onModuleDestroy();
  for (const source of sources ?? []) if (source.isInitialized) await source.destroy();
  await database?.drop();
});

describe('proofs that instances share', () => {
  it('are admitted once, also when offered everywhere together', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `proof ${index}`);
    const answers = await Promise.all(
      // In opposite orders, so that statements meet.
      instances.flatMap((instance, at) =>
        (at === 0 ? names : names.toReversed()).map((name) => instance.admit(name)),
      ),
    );
    expect(answers.filter(Boolean)).toHaveLength(names.length);
    for (const instance of instances) expect(await instance.admit('proof 1')).toBe(false);
  });

  it('are kept for a minute and a half and nothing else is', async () => {
    const rows = await withClient(database.url, async (client) => {
      const { rows: found } = await client.query<{ seconds: number; bytes: number }>(
        `SELECT max(extract(epoch FROM expires_at - now()))::int AS seconds, max(length(proof))::int AS bytes
           FROM probe.used_proof`,
      );
      return found;
    });
    expect(rows[0]?.seconds).toBeLessThanOrEqual(95);
    expect(rows[0]?.bytes).toBe(32);
  });

  it('are not admitted when it cannot be asked', async () => {
    const [, last] = instances;
    await sources[1]?.destroy();
    await expect(last?.admit('another')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
