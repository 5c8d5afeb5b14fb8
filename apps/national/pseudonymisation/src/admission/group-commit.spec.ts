import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

describe('a group commit', () => {
  it('writes together what comes in while another write is under way, each with its own result', async () => {
    const groups: number[][] = [];
    const commit = new GroupCommit<number, number>(async (items) => {
      groups.push([...items]);
      await delay(20);
      return items.map((item) => item * 2);
    });
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
    });
    await commit.submit('a');
    expect(isCommitted).toBe(true);
  });

  it('fails all of a group whose write fails, and goes on with the next', async () => {
    const commit = new GroupCommit<string, string>(async (items) => {
      await delay(5);
      if (items.includes('bad')) throw new Error('rolled back');
      return items;
    });
    const failing = ['good', 'bad'].map((item) => commit.submit(item));
    for (const each of await Promise.allSettled(failing)) expect(each.status).toBe('rejected');
    expect(await commit.submit('good')).toBe('good');
  });

  it('has a largest group', async () => {
    const sizes: number[] = [];
    const commit = new GroupCommit<number, number>((items) => {
      sizes.push(items.length);
      return Promise.resolve(items);
    }, 3);
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => commit.submit(item)));
    expect(sizes).toEqual([3, 3, 1]);
  });
});
