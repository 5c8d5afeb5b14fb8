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
import { caughtUp } from './waiting.js';

export function publishingContract(harness: () => EventLogHarness): void {
  it('delivers every event once, in the order of its key, to each group', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    service.log.subscribe(recorder('first'));
    service.log.subscribe(recorder('second'));
    await service.log.start();
    for (const number of range(20))
      await publish(service, ...['a', 'b', 'c'].map((key) => numbered(key, number)));
    await publish(service, ...range(700).map((number) => numbered('bulk', number)));
    await caughtUp(service.log);
    for (const group of ['first', 'second']) {
      expect(await effectsByKey(harness(), group)).toEqual({
        a: range(20),
        b: range(20),
        c: range(20),
        bulk: range(700),
      });
    }
    await service.close();
  });

  it('sends one statement before the call returns', async () => {
    const service = await harness().open('producer');
    const statements: number[] = await service.runInTransaction(async (transaction) => {
      let sent = 0;
      const counting: typeof transaction = {
        query: (...parameters) => {
          sent += 1;
          return transaction.query(...parameters);
        },
      };
      const publishing = service.log.publish(counting, [numbered('a', 1), numbered('b', 1)]);
      const atOnce = sent;
      await publishing;
      return [atOnce, sent];
    });
    expect(statements).toEqual([1, 1]);
    await service.close();
  });

  it('publishes nothing when the transaction of the change is rolled back', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    service.log.subscribe(recorder('group'));
    await service.log.start();
    const change = service.runInTransaction(async (transaction) => {
      await service.log.publish(transaction, [numbered('a', 1)]);
      throw new Error('the change fails');
    });
    await expect(change).rejects.toThrow('the change fails');
    await publish(service, numbered('a', 2));
    await caughtUp(service.log);
    expect(await effectsByKey(harness(), 'group')).toEqual({ a: [2] });
    await service.close();
  });

  it('loses and repeats nothing of writers that commit in another order than they write', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    service.log.subscribe(recorder('group'));
    await service.log.start();
    const expected: Record<string, number[]> = {};
    const writer = async (key: string): Promise<void> => {
      const committed: number[] = (expected[key] = []);
      for (const number of range(40)) {
        const fails = Math.random() < 0.15;
        const write = service.runInTransaction(async (transaction) => {
          await service.log.publish(transaction, [numbered(key, number)]);
          await delay(Math.random() * 12);
          if (fails) throw new Error('planned');
          await service.log.publish(transaction, [numbered(key, number + 1_000)]);
        });
        await (fails ? expect(write).rejects.toThrow('planned') : write);
        if (!fails) committed.push(number, number + 1_000);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(writer));
    await caughtUp(service.log);
    expect(await effectsByKey(harness(), 'group')).toEqual(expected);
    await service.close();
  });

  it('carries any text and large payloads unchanged', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    const received: unknown[] = [];
    service.log.subscribe(
      recorder('group', (events) => void received.push(...events.map((event) => event.payload))),
    );
    await service.log.start();
    const texts = ['nul \u0000 inside', 'Zoë "quoted" \\ back', '😀 \ud83d alone', 'x'.repeat(6_000_000)];
    const events = texts.map((text, index) => numbered(`key-${index}`, 1, { text }));
    await publish(service, ...events);
    await caughtUp(service.log);
    const sent = events.map((event) => JSON.stringify(event.payload)).sort();
    expect(received.map((payload) => JSON.stringify(payload)).sort()).toEqual(sent);
    await service.close();
  });

  it('refuses an event that breaks its contract, and with it the change', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    const broken = { ...numbered('a', 1), key: '' };
    await expect(publish(service, broken)).rejects.toThrow('key');
    expect(await readEffects(harness(), 'group')).toEqual([]);
    await service.close();
  });
}
