import type { Transaction } from '@samenhang/event-log';
import { mappingVersion } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { ActiveMapping } from './active-mapping.js';

/** The database as far as it is asked: the last activation, and the sets. */
function databaseWith(active: number | null, sets: Readonly<Record<number, object>>): Transaction {
  return {
    query: <Row>(sql: string, [version]: unknown[] = []) => {
      const files = sets[Number(version)];
      const rows = sql.includes('term_translation')
        ? []
        : sql.includes('max(version)')
          ? [{ version: active }]
          : files === undefined
            ? []
            : [{ files, tests: [] }];
      return Promise.resolve(rows as Row[]);
    },
  };
}

describe('the mapping in use', () => {
  it('is that of the release until a set is activated, and follows each activation', async () => {
    const mapping = new ActiveMapping();
    const sets = { 1: { units: { folded: { mmolperliter: 'mmol/L' } } }, 2: {} };
    const released = await mapping.current(databaseWith(null, {}));
    expect(released.version).toBe(mappingVersion);
    const first = await mapping.current(databaseWith(1, sets));
    expect(first.version).toBe(`${mappingVersion}+tables.1`);
    expect(first.tables.findUnit('mmol per liter')).toBe('mmol/L');
    const second = await mapping.current(databaseWith(2, sets));
    expect(second.tables.findUnit('mmol per liter')).toBe(released.tables.findUnit('mmol per liter'));
  });

  it('is none while the set in use cannot be read: messages wait, and none is given up', async () => {
    const mapping = new ActiveMapping();
    await expect(mapping.current(databaseWith(1, { 1: { units: { folded: 3 } } }))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await expect(mapping.of(databaseWith(1, {}), 9)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
