import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultCountingPolicy } from '../counts/counting-policy.js';
import { publishCount, publishShare, publishSize } from './published-figures.js';

const key = Buffer.alloc(32, 7);
const persons = (count: number, from = 0) =>
  new Set(Array.from({ length: count }, (_, place) => `p${from + place}`));
const publish = (some: ReadonlySet<string>, about = 'a') =>
  publishCount(defaultCountingPolicy, key, about, some);

describe('Published figures', () => {
  it('never stand for few, are rounded, and are near what is so', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.string(), (count, about) => {
        const figure = publish(persons(count), about);
        if (count < defaultCountingPolicy.minimumCell) expect(figure).toBeUndefined();
        if (figure === undefined) return;
        expect(figure % defaultCountingPolicy.roundTo).toBe(0);
        // Ten standard deviations of the noise, and the rounding.
        expect(Math.abs(figure - count)).toBeLessThanOrEqual(3 + 10 * Math.max(2, 0.01 * count));
      }),
    );
  });

  it('are the same for the same persons in any order, and do not tell that one of them left', () => {
    const many = persons(400);
    expect(publish(new Set([...many].reverse()))).toBe(publish(many));
    const shown = [...many].map((one) => publish(new Set([...many].filter((other) => other !== one))) ?? 0);
    const whole = publish(many) ?? 0;
    expect(shown.some((figure) => figure > whole)).toBe(true);
    expect(shown.some((figure) => figure <= whole)).toBe(true);
  });

  it('say no part that few make up', () => {
    const share = (having: number, lacking: number) =>
      publishShare(defaultCountingPolicy, {
        having: persons(having),
        lacking: persons(lacking, 10_000),
        share: having / (having + lacking),
      });
    expect(share(9, 100)).toBeUndefined();
    expect(share(100, 9)).toBeUndefined();
    expect(share(0, 0)).toBeUndefined();
    expect(share(100, 0)).toBe(1);
    expect(share(30, 70)).toBe(0.3);
    expect(share(33, 67)).toBe(0.35);
    expect(publishSize(12_345)).toBe(12_000);
  });
});
