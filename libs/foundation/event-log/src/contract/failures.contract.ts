import { expect, it } from 'vitest';
import { TransientError, type ParkedEvent } from '../port.js';
import {
  createEffectTable,
  effectsByKey,
  numbered,
  numberOf,
  publish,
  range,
  recorder,
  type EventLogHarness,
  type OpenLog,
} from './harness.js';
import { caughtUp, eventually } from './waiting.js';

const summary = (parked: readonly ParkedEvent[]): [string, string | null][] =>
  parked.map(({ key, reason }) => [key, reason]);

export function failuresContract(harness: () => EventLogHarness): void {
  /** Fails on number 3 of key `bad` as long as `broken.now`. */
  async function openWithPoison(broken: { now: boolean }): Promise<OpenLog> {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    const isPoison = (key: string, number: number): boolean => broken.now && key === 'bad' && number === 3;
    service.log.subscribe(
      recorder('group', (events) => {
        if (events.some((event) => isPoison(event.key, numberOf(event))))
          throw new Error('cannot use 900186021');
      }),
    );
    return service;
  }

  it('parks an event that keeps failing and what follows it for its key; other keys flow on', async () => {
    const service = await openWithPoison({ now: true });
    const keys = ['good', 'bad', 'fine'];
    await publish(service, ...range(40).flatMap((number) => keys.map((key) => numbered(key, number))));
    await service.log.start();
    await caughtUp(service.log);
    expect(await effectsByKey(harness(), 'group')).toEqual({ good: range(40), bad: [1, 2], fine: range(40) });

    await publish(service, numbered('bad', 41), numbered('good', 41));
    await caughtUp(service.log);
    expect((await effectsByKey(harness(), 'group'))['good']).toEqual(range(41));
    const parked = await service.log.listParked('group');
    expect(summary(parked)).toEqual([['bad', 'Error: cannot use …'], ...range(38).map(() => ['bad', null])]);
    expect(parked[0]?.attempts).toBe(3);
    expect(JSON.stringify(parked)).not.toContain('AuditEvent');
    expect(await service.log.lag()).toEqual([
      { group: 'group', type: 'audit.recorded', waiting: 0, parked: 39 },
    ]);
    await service.close();
  });

  it('resumes a key in order, and stops at the first event that fails again', async () => {
    const broken = { now: true };
    const service = await openWithPoison(broken);
    await service.log.start();
    await publish(service, ...range(6).map((number) => numbered('bad', number)));
    await caughtUp(service.log);
    expect(await service.log.resume('group', 'bad')).toBe(0);
    expect((await service.log.listParked('group'))[0]?.attempts).toBe(4);

    broken.now = false;
    expect(await service.log.resume('group', 'bad')).toBe(4);
    await publish(service, numbered('bad', 7));
    await caughtUp(service.log);
    expect(await effectsByKey(harness(), 'group')).toEqual({ bad: range(7) });
    expect(await service.log.listParked('group')).toEqual([]);
    await service.close();
  });

  it('waits out faults of the surroundings without parking anything', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    let faults = 6;
    const consumer = recorder('group', () => {
      faults -= 1;
      if (faults >= 0) throw new TransientError('the index is down');
    });
    service.log.subscribe(consumer);
    await publish(service, ...range(10).map((number) => numbered('a', number)));
    await service.log.start();
    await caughtUp(service.log);
    expect(faults).toBeLessThan(0);
    expect(await effectsByKey(harness(), 'group')).toEqual({ a: range(10) });
    expect(await service.log.listParked('group')).toEqual([]);
    await service.close();
  });

  it('parks on arrival what breaks its contract', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    service.log.subscribe(recorder('group'));
    await service.runInTransaction(async (transaction) => {
      await service.log.publish(transaction, [numbered('a', 1), numbered('a', 2), numbered('b', 1)]);
      await transaction.query(
        `UPDATE event_log.event SET version = 99 WHERE key = 'a' AND payload LIKE '%"a-1"%'`,
      );
    });
    await service.log.start();
    await caughtUp(service.log);
    const parked = await service.log.listParked('group');
    expect(summary(parked)).toEqual([
      ['a', 'EventContractError: Event audit.recorded violates its contract: version'],
      ['a', null],
    ]);
    expect(await effectsByKey(harness(), 'group')).toEqual({ b: [1] });
    await service.close();
  });

  it('isolates several failing events among many within a bounded number of attempts', async () => {
    await createEffectTable(harness());
    const service = await harness().open('producer');
    const bad = new Set(['key-17', 'key-18', 'key-300']);
    let calls = 0;
    service.log.subscribe(
      recorder('group', (events) => {
        calls += 1;
        if (events.some((event) => bad.has(event.key))) throw new TypeError('no');
      }),
    );
    await publish(service, ...range(400).map((number) => numbered(`key-${number}`, number)));
    await service.log.start();
    await eventually(
      () => service.log.lag(),
      ([lag]) => lag?.waiting === 0 && lag.parked === 3,
    );
    expect(Object.keys(await effectsByKey(harness(), 'group'))).toHaveLength(397);
    expect(calls).toBeLessThan(100);
    await service.close();
  });
}
