import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comparePlaces } from './delivery.js';

const number = fc.bigInt({ min: 0n, max: 2n ** 63n });
const place = fc.record({ tx: number, position: number });

it('orders places as numbers: by transaction, then by position', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const compare = (x: bigint, y: bigint): number => (x < y ? -1 : x > y ? 1 : 0);
      const text = ({ tx, position }: typeof a): { tx: string; position: string } => ({
        tx: `${tx}`,
        position: `${position}`,
      });
      expect(Math.sign(comparePlaces(text(a), text(b)))).toBe(
        compare(a.tx, b.tx) || compare(a.position, b.position),
      );
    }),
  );
});
