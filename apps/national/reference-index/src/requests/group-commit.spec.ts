import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

/** Doubles numbers; odd ones make their whole group fail. */
function doubling() {
  const groups: (readonly number[])[] = [];
  const commit = new GroupCommit<number, number>(async (works) => {
    groups.push(works);
    await delay(2);
    if (works.some((work) => work % 2 === 1)) throw new Error('odd');
    return works.map((work) => 2 * work);
  });
  return { groups, commit };
}

describe('a group commit', () => {
  it('runs the first at once and what arrives meanwhile together', async () => {
    const { groups, commit } = doubling();
    const first = commit.submit(0);
    expect(groups).toEqual([[0]]);
    expect(await Promise.all([first, ...[2, 4, 6].map((work) => commit.submit(work))])).toEqual([
      0, 4, 8, 12,
    ]);
    expect(groups).toEqual([[0], [2, 4, 6]]);
    expect(await commit.submit(8)).toBe(16);
  });

  it('fails the one at fault and nobody else', async () => {
    const { commit } = doubling();
    const outcomes = await Promise.allSettled([2, 4, 5, 6, 7, 8].map((work) => commit.submit(work)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await commit.submit(10)).toBe(20);
  });

  it('keeps groups within bounds, in the order of arrival', async () => {
    const { groups, commit } = doubling();
    const works = Array.from({ length: 200 }, (_unused, index) => 2 * index);
    expect(await Promise.all(works.map((work) => commit.submit(work)))).toEqual(
      works.map((work) => 2 * work),
    );
    expect(groups.flat()).toEqual(works);
    expect(Math.max(...groups.map((group) => group.length))).toBe(64);
  });

  it('lets others pass a group that hangs', async () => {
    const hanging = Promise.withResolvers<void>();
    const commit = new GroupCommit<string, string>(async (works) => {
      if (works.includes('hangs')) await hanging.promise;
      return works;
    });
    const slow = commit.submit('hangs');
    await delay(60);
    expect(await commit.submit('passes')).toBe('passes');
    hanging.resolve();
    expect(await slow).toBe('hangs');
  });
});
