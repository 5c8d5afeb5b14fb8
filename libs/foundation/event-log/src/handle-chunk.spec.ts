import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '@samenhang/data-model';
import type { Delivery } from './delivery.js';
import { handleChunk, LetGo, type ChunkHandling, type ChunkStore, type ParkEntry } from './handle-chunk.js';
import { TransientError, type Transaction } from './port.js';

const noDatabase: Transaction = { query: () => Promise.resolve([]) };

function delivery(key: string, number: number): Delivery {
  const payload = {
    recordedAt: '2026-01-01T00:00:00Z',
    auditEvent: { resourceType: 'AuditEvent', id: `${number}` },
  };
  const event: EventEnvelope<'audit.recorded'> = {
    id: `${number}`,
    type: 'audit.recorded',
    version: 1,
    key,
    tenant: null,
    occurredAt: '2026-01-01T00:00:00Z',
    payload,
  };
  return {
    event,
    producer: 'test',
    place: { tx: '1', position: `${number}` },
    payloadText: JSON.stringify(payload),
  };
}

/** Keeps everything in memory and forgets what a failing transaction did, as a database does. */
class MemoryStore implements ChunkStore {
  handled: EventEnvelope[] = [];
  parked: ParkEntry[] = [];
  advanced: string[] = [];
  transactions = 0;

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const before = [this.handled.length, this.parked.length, this.advanced.length] as const;
    this.transactions += 1;
    try {
      return await work(noDatabase);
    } catch (error) {
      [this.handled.length, this.parked.length, this.advanced.length] = before;
      throw error;
    }
  }

  admit(_transaction: Transaction, deliveries: readonly Delivery[]): ReturnType<ChunkStore['admit']> {
    return Promise.resolve({
      deliveries,
      parkedKeys: new Set(this.parked.map((entry) => entry.delivery.event.key)),
    });
  }

  park(_transaction: Transaction, entries: readonly ParkEntry[]): Promise<void> {
    this.parked.push(...entries);
    return Promise.resolve();
  }

  advance(_transaction: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    this.advanced.push(...deliveries.map(({ event }) => event.id));
    return Promise.resolve();
  }
}

function handlingOf(store: MemoryStore, check: (event: EventEnvelope) => void): ChunkHandling {
  return {
    store,
    consumer: {
      group: 'group',
      type: 'audit.recorded',
      handle: (_transaction, events) => {
        for (const event of events) {
          store.handled.push(event);
          check(event);
        }
        return Promise.resolve();
      },
    },
    retry: { attempts: 3, firstDelayMilliseconds: 1, longestDelayMilliseconds: 1 },
    observer: { waiting: () => {}, parked: () => {} },
    pause: () => Promise.resolve(),
  };
}

const chunks = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), poison: fc.boolean() }), {
  maxLength: 60,
});

describe('handleChunk', () => {
  it('handles or parks each event once, in the order of its key, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (entries) => {
        const store = new MemoryStore();
        const deliveries = entries.map(({ key }, index) => delivery(key, index));
        const poison = new Set(
          deliveries.filter((_, index) => entries[index]?.poison).map(({ event }) => event.id),
        );
        await handleChunk(
          deliveries,
          handlingOf(store, (event) => {
            if (poison.has(event.id)) throw new Error('cannot');
          }),
        );
        expect(store.advanced).toEqual(deliveries.map(({ event }) => event.id));
        for (const key of ['a', 'b', 'c', 'd', 'e']) {
          const ofKey = deliveries.map(({ event }) => event).filter((event) => event.key === key);
          const first = ofKey.findIndex((event) => poison.has(event.id));
          const good = first < 0 ? ofKey : ofKey.slice(0, first);
          expect(store.handled.filter((event) => event.key === key)).toEqual(good);
          const parked = store.parked.filter((entry) => entry.delivery.event.key === key);
          expect(parked.map((entry) => entry.delivery.event)).toEqual(ofKey.slice(good.length));
          expect(parked.map((entry) => entry.reason === null)).toEqual(parked.map((_, index) => index > 0));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('needs few transactions to find a bad event among many', async () => {
    const store = new MemoryStore();
    const deliveries = Array.from({ length: 512 }, (_, index) => delivery(`key-${index}`, index));
    await handleChunk(
      deliveries,
      handlingOf(store, (event) => {
        if (event.id === '300') throw new Error('cannot');
      }),
    );
    expect(store.parked).toHaveLength(1);
    // Nine halvings fail, nine other halves succeed, then two more tries and the parking.
    expect(store.transactions).toBeLessThanOrEqual(1 + 9 * 2 + 2 + 1);
  });

  it('waits for faults of the surroundings as long as it takes', async () => {
    const store = new MemoryStore();
    let faults = 50;
    await handleChunk(
      [delivery('a', 1), delivery('b', 2)],
      handlingOf(store, () => {
        faults -= 1;
        if (faults > 0) throw new TransientError('down');
      }),
    );
    expect(store.parked).toEqual([]);
    expect(store.handled).toHaveLength(2);
  });

  it('leaves a chunk where it is when the engine lets go', async () => {
    const store = new MemoryStore();
    const handling = handlingOf(store, () => {
      throw new TransientError('down');
    });
    const letGo = handleChunk([delivery('a', 1)], {
      ...handling,
      pause: () => Promise.reject(new LetGo('stopping')),
    });
    await expect(letGo).rejects.toThrow(LetGo);
    expect(store.advanced).toEqual([]);
    expect(store.parked).toEqual([]);
  });
});
