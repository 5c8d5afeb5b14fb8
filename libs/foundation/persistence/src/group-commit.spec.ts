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

const together = { largest: 200, gathersTurn: true, lanes: 1, failsTogether: true };

describe('a group commit that gathers and fails together', () => {
  it('writes together what comes in while another write is under way, each with its own result', async () => {
    const groups: number[][] = [];
    const commit = new GroupCommit<number, number>(async (items) => {
      groups.push([...items]);
      await delay(20);
      return items.map((item) => item * 2);
    }, together);
    const first = commit.submit(1);
    await delay(5);
    const later = [2, 3, 4].map((item) => commit.submit(item));
    expect(await Promise.all([first, ...later])).toEqual([2, 4, 6, 8]);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  it('gives no result before its write is done', async () => {
    let isCommitted = false;
    const commit = new GroupCommit<string, string>(async (items) => {
      await delay(20);
      isCommitted = true;
      return items;
    }, together);
    await commit.submit('a');
    expect(isCommitted).toBe(true);
  });

  it('fails all of a group whose write fails, and goes on with the next', async () => {
    const commit = new GroupCommit<string, string>(async (items) => {
      await delay(5);
      if (items.includes('bad')) throw new Error('rolled back');
      return items;
    }, together);
    const failing = ['good', 'bad'].map((item) => commit.submit(item));
    for (const each of await Promise.allSettled(failing)) expect(each.status).toBe('rejected');
    expect(await commit.submit('good')).toBe('good');
  });

  it('has a largest group', async () => {
    const sizes: number[] = [];
    const commit = new GroupCommit<number, number>(
      (items) => {
        sizes.push(items.length);
        return Promise.resolve(items);
      },
      { ...together, largest: 3 },
    );
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => commit.submit(item)));
    expect(sizes).toEqual([3, 3, 1]);
  });
});
