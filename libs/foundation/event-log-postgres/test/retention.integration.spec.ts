import {
  caughtUp,
  createEffectTable,
  numbered,
  publish,
  range,
  recorder,
} from '@samenhang/event-log/contract';
import { afterEach, expect, it } from 'vitest';
import { defaultRetention, pruneEvents } from '../src/retention.js';
import { createPostgresHarness } from './postgres-harness.js';

type Harness = Awaited<ReturnType<typeof createPostgresHarness>>;
let harness: Harness | undefined;

afterEach(() => harness?.close());

async function count(of: Harness): Promise<number> {
  const [row] = await of.query<{ n: number }>('SELECT count(*)::integer AS n FROM event_log.event');
  return row?.n ?? -1;
}

it('keeps events until every consumer is past them and they have reached their age', async () => {
  harness = await createPostgresHarness();
  await createEffectTable(harness);
  const { query } = harness;
  const runInTransaction = (await harness.open('retention')).runInTransaction;
  const prune = (minimumAgeSeconds: number): Promise<boolean> =>
    pruneEvents({ query, runInTransaction }, { ...defaultRetention, minimumAgeSeconds, batch: 20 });

  const fast = await harness.open('producer');
  fast.log.subscribe(recorder('fast'));
  await fast.log.start();
  await harness.query(
    `INSERT INTO event_log.progress (consumer_group, type) VALUES ('slow', 'audit.recorded')`,
  );
  await publish(fast, ...range(50).map((number) => numbered('a', number)));
  await caughtUp(fast.log);
  await prune(0);
  expect(await count(harness)).toBe(50);

  const slow = await harness.open('other');
  slow.log.subscribe(recorder('slow'));
  await slow.log.start();
  await caughtUp(slow.log);
  await prune(3_600);
  expect(await count(harness)).toBe(50);
  expect(await prune(0)).toBe(true);
  expect(await count(harness)).toBe(30);
  await prune(0);
  expect(await prune(0)).toBe(false);
  expect(await count(harness)).toBe(0);

  await publish(fast, numbered('a', 51));
  await caughtUp(fast.log);
});
