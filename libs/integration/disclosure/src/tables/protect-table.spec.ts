import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTotals } from './counts-table.js';
import { protectList, protectTable } from './protect-table.js';
import { hasOneSolution } from '../../test/linear-attack.js';

const labels = (length: number, of: string) => Array.from({ length }, (_, index) => `${of}${index}`);
const tables = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }))
  .chain(([height, width]) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 400 })), {
        minLength: width,
        maxLength: width,
      }),
      { minLength: height, maxLength: height },
    ),
  );

describe('A table of counts', () => {
  it('hides a small cell together with cells from which it would follow', () => {
    const table = protectTable({
      rows: ['women', 'men'],
      columns: ['a', 'b', 'c'],
      counts: [
        [120, 40, 4],
        [200, 35, 90],
      ],
    });
    expect(table).toEqual({
      rows: ['women', 'men'],
      columns: ['a', 'b', 'c'],
      counts: [
        [120, null, null],
        [200, null, null],
      ],
      rowTotals: [165, 325],
      columnTotals: [320, 75, 95],
      total: 490,
    });
  });

  it('shows a zero that is one by nature, and no other', () => {
    const counts = [
      [0, 80, 60],
      [90, 70, 50],
    ];
    const table = { rows: ['men', 'women'], columns: ['birth', 'flu', 'fall'], counts };
    expect(protectTable(table).counts[0]?.[0]).toBeNull();
    const structuralZeros = [{ row: 'men', column: 'birth' }];
    expect(protectTable({ ...table, structuralZeros }).counts).toEqual(counts);
  });

  it('lets no solver of equations derive a hidden cell, even without rounding', () => {
    fc.assert(
      fc.property(tables, (counts) => {
        const { length: height } = counts;
        const width = counts[0]?.length ?? 0;
        const shown = protectTable(
          { rows: labels(height, 'r'), columns: labels(width, 'c'), counts },
          { minimumCell: 10, roundTo: 1 },
        );
        const all = withTotals(counts);
        const visible = [
          ...shown.counts.map((line, row) => [...line, shown.rowTotals[row] ?? null]),
          [...shown.columnTotals, shown.total],
        ];
        visible.forEach((line, row) =>
          line.forEach((count, column) => {
            if (count !== null) return expect(count).toBe(all[row]?.[column]);
            expect(hasOneSolution(visible, { row, column })).toBe(false);
          }),
        );
        expect(visible.flat().every((count) => count === null || count >= 10)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no small sum open beside a total that it shows', () => {
    fc.assert(
      fc.property(tables, (counts) => {
        const rows = labels(counts.length, 'r');
        const columns = labels(counts[0]?.length ?? 0, 'c');
        const shown = protectTable({ rows, columns, counts });
        shown.rowTotals.forEach((total, row) => {
          if (total === null) return;
          const open = (counts[row] ?? []).filter((_, column) => shown.counts[row]?.[column] === null);
          if (open.length > 0) expect(open.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(10);
        });
      }),
    );
  });

  it('protects a list with its total', () => {
    expect(protectList([100, 40, 3])).toEqual({ counts: [100, null, null], total: 145 });
    expect(protectList([100, 40, 3, 2])).toEqual({ counts: [100, null, null, null], total: 145 });
    expect(protectList([100, 40])).toEqual({ counts: [100, 40], total: 140 });
    expect(protectList([3, 2])).toEqual({ counts: [null, null], total: null });
  });
});
