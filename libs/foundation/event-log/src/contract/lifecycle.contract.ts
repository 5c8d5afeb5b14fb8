import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  createEffectTable,
  effectsByKey,
  numbered,
  publish,
  range,
  readEffects,
  recorder,
  type EventLogHarness,
} from './harness.js';
import { caughtUp, eventually } from './waiting.js';

export function lifecycleContract(harness: () => EventLogHarness): void {
  it('goes on where it was after a restart', async () => {
    await createEffectTable(harness());
    for (const round of range(3)) {
      const service = await harness().open('producer');
      service.log.subscribe(recorder('group'));
      if (round === 2) await publish(service, numbered('a', round), numbered('b', round));
      await service.log.start();
      if (round !== 2) await publish(service, numbered('a', round), numbered('b', round));
      await caughtUp(service.log);
      await service.close();
    }
    expect(await effectsByKey(harness(), 'group')).toEqual({ a: range(3), b: range(3) });
  });

  it('finishes the chunk at hand when it stops', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    service.log.subscribe(
      recorder('group', async () => {
        begun();
        await delay(300);
      }),
    );
    await publish(service, ...range(5).map((number) => numbered('a', number)));
    await service.log.start();
    await started;
    await service.log.stop();
    expect(await effectsByKey(harness(), 'group')).toEqual({ a: range(5) });
    await service.close();
  });

  it('shares the work of a group among processes without doing anything twice', async () => {
    await createEffectTable(harness());
    const publisher = await harness().open('producer');
    const workers = await Promise.all(range(2).map(() => harness().open('worker')));
    for (const worker of workers) {
      worker.log.subscribe(recorder('group', () => delay(2)));
      await worker.log.start();
    }
    await publisher.log.start();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const number of range(60)) await publish(publisher, ...keys.map((key) => numbered(key, number)));
    const [first] = workers;
    if (first !== undefined) await caughtUp(first.log);
    expect(await effectsByKey(harness(), 'group')).toEqual(
      Object.fromEntries(keys.map((key) => [key, range(60)])),
    );
    await Promise.all([...workers, publisher].map((opened) => opened.close()));
  });

  it(
    'neither loses nor repeats an effect when the database drops its connections',
    { timeout: 60_000 },
    async () => {
      await createEffectTable(harness());
      const service = await harness().open('producer');
      service.log.subscribe(recorder('group', () => delay(20)));
      for (const number of range(600)) await publish(service, numbered(`key-${number % 7}`, number));
      await service.log.start();
      for (let round = 0; round < 8; round += 1) {
        await delay(60);
        await harness().query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      }
      await eventually(
        () => readEffects(harness(), 'group'),
        (effects) => effects.length >= 600,
        50_000,
      );
      await caughtUp(service.log);
      const byKey = await effectsByKey(harness(), 'group');
      for (const [key, numbers] of Object.entries(byKey)) {
        expect(numbers).toEqual(range(600).filter((number) => `key-${number % 7}` === key));
      }
      expect(await service.log.listParked('group')).toEqual([]);
      await service.close();
    },
  );

  it(
    'neither loses nor repeats an effect when consumers are killed in the middle of a chunk',
    { timeout: 120_000 },
    async () => {
      await createEffectTable(harness());
      const publisher = await harness().open('producer');
      await publisher.log.start();
      const keys = ['a', 'b', 'c', 'd'];
      for (const number of range(50)) await publish(publisher, ...keys.map((key) => numbered(key, number)));
      for (const round of range(3)) {
        const before = (await readEffects(harness(), 'group')).length;
        const consumer = harness().spawnSlowConsumer('group');
        const ended = once(consumer, 'exit');
        if (consumer.stdout === null) throw new Error('the consumer has no output');
        await Promise.race([
          once(consumer.stdout, 'data'),
          ended.then(([code]) => Promise.reject(new Error(`consumer ended with ${code}`))),
        ]);
        if (round > 1)
          await eventually(
            () => readEffects(harness(), 'group'),
            (effects) => effects.length > before,
          );
        consumer.kill('SIGKILL');
        await ended;
      }
      const service = await harness().open('worker');
      service.log.subscribe(recorder('group'));
      await service.log.start();
      await eventually(
        () => readEffects(harness(), 'group'),
        (effects) => effects.length >= 200,
        90_000,
      );
      await caughtUp(service.log);
      expect(await effectsByKey(harness(), 'group')).toEqual(
        Object.fromEntries(keys.map((key) => [key, range(50)])),
      );
      await Promise.all([service, publisher].map((opened) => opened.close()));
    },
  );
}
