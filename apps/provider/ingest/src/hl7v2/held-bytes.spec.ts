import { describe, expect, it } from 'vitest';
import { HeldBytes } from './held-bytes.js';

describe('HeldBytes', () => {
  it('makes the one give way that grows when all together hold too much', () => {
    const held = new HeldBytes(100);
    const [a, b] = [{}, {}];
    expect(held.set(a, 60)).toBe(true);
    expect(held.set(b, 40)).toBe(true);
    expect(held.set(b, 50)).toBe(false);
    expect(held.set(b, 0)).toBe(true);
    expect(held.set(a, 100)).toBe(true);
    expect(held.set(a, 10)).toBe(true);
  });
});
