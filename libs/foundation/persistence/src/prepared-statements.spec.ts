import { describe, expect, it } from 'vitest';
import { PreparedStatements } from './prepared-statements.js';

const times = <T>(count: number, work: () => T): T[] => Array.from({ length: count }, work);

describe('statements that the server keeps', () => {
  it('are those that are used often, each under a name of its own', () => {
    const statements = new PreparedStatements();
    const [first, second] = ['SELECT 1', 'SELECT 2'].map((text) =>
      times(7, () => statements.configure(text).name),
    );
    expect(first?.slice(0, 5)).toEqual(times(5, () => undefined));
    expect(first?.[5]).toBeDefined();
    expect(first?.[6]).toBe(first?.[5]);
    expect(second?.[6]).not.toBe(first?.[6]);
  });

  it('are limited in number', () => {
    const statements = new PreparedStatements();
    const names = times(400, () => undefined).map((_, index) =>
      times(6, () => statements.configure(`SELECT ${index}`).name).at(-1),
    );
    expect(new Set(names.filter((name) => name !== undefined)).size).toBe(200);
    expect(statements.configure('SELECT 0', [1])).toMatchObject({ name: names[0], values: [1] });
  });
});
