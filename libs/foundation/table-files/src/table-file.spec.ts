import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { jsonCells, MisfitError, tableBytes, tableFile, tableText, type TableColumn } from './index.js';

const columns: readonly TableColumn[] = [
  { name: 'text', type: 'text' },
  { name: 'whole', type: 'integer' },
  { name: 'number', type: 'number' },
  { name: 'yes, or no', type: 'boolean' },
];
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const rowArbitrary = fc.tuple(
  orNull(fc.string({ unit: 'grapheme' })),
  orNull(fc.integer()),
  orNull(fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 4)),
  orNull(fc.boolean()),
);
const partsArbitrary = fc.array(fc.array(rowArbitrary, { maxLength: 5 }), { maxLength: 4 });
const written = (parts: readonly (readonly (readonly unknown[])[])[]) =>
  parts.map((part) => part.map((row) => row.map((cell) => JSON.stringify(cell))));
const asObject = (row: readonly unknown[]) =>
  Object.fromEntries(columns.map(({ name }, place) => [name, row[place]]));

describe('A table as a file', () => {
  it('is read back as it was, from NDJSON and from Parquet', async () => {
    await fc.assert(
      fc.asyncProperty(partsArbitrary, async (parts) => {
        const rows = written(parts);
        const expected = parts.flat().map(asObject);
        const lines = (await tableText({ columns, rows }, 'ndjson')).split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
          JSON.parse(JSON.stringify(expected)),
        );
        const { buffer, byteOffset, byteLength } = await tableBytes({ columns, rows }, 'parquet');
        const file = new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
        const read = await parquetReadObjects({ file });
        expect(
          read.map((row) => ({ ...row, whole: row['whole'] === null ? null : Number(row['whole']) })),
        ).toEqual(expected.map((row) => ({ ...row, number: row['number'] === -0 ? 0 : row['number'] })));
      }),
      { numRuns: 60 },
    );
  });

  it('is read back from CSV, where only what a spreadsheet would compute has an apostrophe', async () => {
    await fc.assert(
      fc.asyncProperty(partsArbitrary, async (parts) => {
        const text = await tableText({ columns, rows: written(parts) }, 'csv');
        const read = parse(text, { record_delimiter: '\r\n', relax_column_count: false });
        const expected = parts.flat().map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
        const plain = read.slice(1).map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, '')));
        expect(read[0]).toEqual(columns.map(({ name }) => name));
        expect(plain).toEqual(expected);
        for (const cell of read.slice(1).flat()) expect(cell).not.toMatch(/^[=@\t\r]/);
      }),
    );
  });

  it('keeps decimals as they are written, and leaves the header out when asked', async () => {
    const table = { columns: columns.slice(2, 3), rows: [[['1.10'], ['12345678901234567890.123']]] };
    expect(await tableText(table, 'csv')).toBe('number\r\n1.10\r\n12345678901234567890.123\r\n');
    expect(await tableText(table, 'ndjson')).toBe('{"number":1.10}\n{"number":12345678901234567890.123}\n');
    const pieces: unknown[] = [];
    for await (const piece of tableFile(table, 'csv', { header: false })) pieces.push(piece);
    expect(pieces).toEqual(['1.10\r\n12345678901234567890.123\r\n']);
  });

  it('comes in pieces: what was taken of a Parquet file is not kept', async () => {
    const ONE_PART = 10_000;
    let made = 0;
    const rows = (function* () {
      for (let part = 0; part < 6; part++) {
        made = part;
        yield Array.from({ length: ONE_PART }, (_, place) => [`"c${part * ONE_PART + place}"`]);
      }
    })();
    const table = { columns: columns.slice(0, 1), rows };
    const pieces: Uint8Array[] = [];
    const madeAt: number[] = [];
    for await (const piece of tableFile(table, 'parquet')) {
      pieces.push(Buffer.from(piece));
      madeAt.push(made);
    }
    expect(madeAt).toEqual([1, 3, 5, 5]);
    const file = new Uint8Array(Buffer.concat(pieces)).buffer;
    const read = await parquetReadObjects({ file });
    expect(read).toHaveLength(6 * ONE_PART);
    expect([read[0], read.at(-1)]).toEqual([{ text: 'c0' }, { text: `c${6 * ONE_PART - 1}` }]);
  });

  it('does not pretend that a cell is of the type of its column', async () => {
    for (const [place, cell] of [
      [1, '1.5'],
      [2, '"four"'],
      [3, '1'],
    ] as const)
      await expect(
        tableBytes({ columns: columns.slice(place, place + 1), rows: [[[cell]]] }, 'parquet'),
      ).rejects.toBeInstanceOf(MisfitError);
  });
});

describe('A JSON list', () => {
  it('is taken apart into its items as they are written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (values, spaces) => {
        const cells = jsonCells(JSON.stringify(values, undefined, spaces));
        expect(cells.map((cell) => JSON.parse(cell) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
    expect(jsonCells('[1.10, "a,]\\"", null]')).toEqual(['1.10', '"a,]\\""', 'null']);
    expect(() => jsonCells('{"a":1}')).toThrow(SyntaxError);
  });
});
