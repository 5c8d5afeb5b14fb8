import fc from 'fast-check';
import type { Delivery } from '@samenhang/event-log';
import { expect, it } from 'vitest';
import { dropKnown, lastPlaces } from './marks.js';

const start = { tx: '0', position: '0' };
const at = (producer: string, position: number): Delivery => ({
  producer,
  place: { tx: '7', position: `${position}` },
  event: { id: `${producer}-${position}` } as Delivery['event'],
  payloadText: '',
});

/** A relay that starts anew repeats from where it last knew to be; it never skips. */
const relayed = fc
  .array(fc.record({ length: fc.integer({ min: 1, max: 5 }), stepBack: fc.nat(4) }), { maxLength: 12 })
  .map((runs) => {
    const positions: number[] = [];
    let next = 1;
    for (const { length, stepBack } of runs) {
      next = Math.max(1, next - stepBack);
      for (let count = 0; count < length; count += 1) positions.push(next++);
    }
    return positions;
  });

it('lets each event of a producer through once and in order, however often the relay starts anew', () => {
  fc.assert(
    fc.property(relayed, relayed, fc.integer({ min: 1, max: 7 }), (first, second, size) => {
      const stream = [
        ...first.map((position) => at('one', position)),
        ...second.map((position) => at('two', position)),
      ];
      const passed: string[] = [];
      const marks = new Map<string, Delivery['place']>();
      for (let index = 0; index < stream.length; index += size) {
        const chunk = stream.slice(index, index + size);
        const fresh = dropKnown(chunk, marks, start);
        passed.push(...fresh.map(({ event }) => event.id));
        for (const [producer, place] of lastPlaces(fresh)) marks.set(producer, place);
      }
      const once = (producer: string, positions: number[]): string[] =>
        [...new Set(positions)].map((position) => `${producer}-${position}`);
      expect(passed).toEqual([...once('one', first), ...once('two', second)]);
    }),
  );
});

it('passes over what the embedded engine dealt with before the change to Kafka', () => {
  expect(dropKnown([at('one', 3), at('one', 4)], new Map(), { tx: '7', position: '3' })).toEqual([
    at('one', 4),
  ]);
});
