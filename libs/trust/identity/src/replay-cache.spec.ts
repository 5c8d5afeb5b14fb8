import { describe, expect, it } from 'vitest';
import { ReplayCache } from './replay-cache.js';

describe('replay cache', () => {
  it('admits a value once within the window, across the change of generations', () => {
    let now = 0;
    const cache = new ReplayCache(1_000, () => now);
    expect(cache.admit('a')).toBe(true);
    expect(cache.admit('a')).toBe(false);
    for (now of [500, 999, 1_000, 1_500, 1_999]) expect(cache.admit('a')).toBe(false);
    expect(cache.admit('b')).toBe(true);
  });

  it('forgets what is past its window', () => {
    let now = 0;
    const cache = new ReplayCache(1_000, () => now);
    cache.admit('a');
    now = 5_000;
    expect(cache.admit('a')).toBe(true);
  });
});
