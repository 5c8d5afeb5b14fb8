import { getUra } from '@samenhang/data-model';
import { describe, expect, it, vi } from 'vitest';
import { PermitStanding } from './permit-standing.js';

const holder = getUra('22222222');

describe('whether a permit holds', () => {
  it('is asked again when an answer is as old as it may be', async () => {
    let now = 0;
    const ask = vi.fn(() => Promise.resolve(true));
    const standing = new PermitStanding(ask, 1_000, () => now);
    await standing.assert('permit', holder);
    now = 999;
    await standing.assert('permit', holder);
    expect(ask).toHaveBeenCalledTimes(1);
    now = 1_000;
    ask.mockResolvedValueOnce(false);
    await expect(standing.assert('permit', holder)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('is relied on from the question on, not from the answer', async () => {
    let now = 0;
    const ask = vi.fn(() => {
      now += 1_000;
      return Promise.resolve(true);
    });
    const standing = new PermitStanding(ask, 1_000, () => now);
    await standing.assert('permit', holder);
    await standing.assert('permit', holder);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('is known of each permit by itself, and not from what could not be answered', async () => {
    const ask = vi.fn((permit: string) =>
      permit === 'one' ? Promise.resolve(true) : Promise.reject(new Error('away')),
    );
    const standing = new PermitStanding(ask, 1_000, () => 0);
    await standing.assert('one', holder);
    await expect(standing.assert('other', holder)).rejects.toThrow('away');
    await expect(standing.assert('other', holder)).rejects.toThrow('away');
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
