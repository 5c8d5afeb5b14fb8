import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveredRecord } from '../delivery/take-delivery.js';
import type { TableFileSettings } from './drop-settings.js';
import { readTable } from './read-table.js';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(
  text: Buffer | string,
  settings: Partial<TableFileSettings> = {},
  size = 7,
): Promise<DeliveredRecord[]> {
  const records: DeliveredRecord[] = [];
  for await (const group of readTable(cut(Buffer.from(text), size), { format: 'csv', ...settings }))
    records.push(...group);
  return records;
}

const rowOf = ({ content }: DeliveredRecord): unknown => JSON.parse(content.toString('utf8'));

const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;

describe('readTable', () => {
  it('gives back any texts, however they are quoted and however the file is cut', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\ufffd'));
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.integer({ min: 1, max: 40 }),
        async (rows, delimiter, size) => {
          const file = [['a', 'b', 'c'], ...rows].map((row) => row.map(quote).join(delimiter)).join('\r\n');
          const records = await read(file, { delimiter }, size);
          expect(records.map(rowOf)).toEqual(rows.map(([a, b, c]) => ({ a, b, c })));
          expect(records.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('survives any bytes: each row is a record or refused with its line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        async (bytes, size) => {
          const records = await read(Buffer.concat([Buffer.from('a,b\n'), bytes]), {}, size);
          for (const record of records) {
            if (record.refusal === undefined)
              expect(Object.keys(rowOf(record) as object)).toEqual(['a', 'b']);
            else
              expect(record.refusal).toMatchObject({
                code: 'malformed-row',
                location: expect.stringMatching(/^line \d+$/) as string,
              });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the same rows and lines however the file is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é'), maxLength: 60 }),
        async (text) => {
          const whole = await read(`x,y\n${text}`, {}, 10_000);
          expect(await read(`x,y\n${text}`, {}, 1)).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells on which line of the file a row begins', async () => {
    const records = await read('a,b\n1,"two\nlines"\n3\n\n4,5\n');
    expect(records.map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(records[1]?.refusal).toMatchObject({
      location: 'line 4',
      text: 'The row has 1 columns where the header has 2',
    });
  });

  it('takes names of columns from the declaration, and a byte order mark away', async () => {
    expect((await read('1;2\n', { columns: ['a', 'b'], delimiter: ';' })).map(rowOf)).toEqual([
      { a: '1', b: '2' },
    ]);
    expect((await read('\ufeffa,b\n1,2\n')).map(rowOf)).toEqual([{ a: '1', b: '2' }]);
  });

  it('reads objects line by line, numbers as they were written', async () => {
    const text = '{"a":1.50,"b":null,"c":true,"d":"x"}\n{"a":{"b":1}}\n[1]\nnothing\n';
    const records = await read(text, { format: 'ndjson' });
    expect(records.map(({ refusal }) => refusal?.location)).toEqual([
      undefined,
      'line 2',
      'line 3',
      'line 4',
    ]);
    expect(rowOf(records[0] as DeliveredRecord)).toEqual({ a: '1.50', b: '', c: 'true', d: 'x' });
  });

  it('does not take a file whose header cannot be used', async () => {
    await expect(read('a,a\n1,2\n')).rejects.toThrow('same name');
    await expect(read('a,\n1,2\n')).rejects.toThrow('no name');
    await expect(read('')).rejects.toThrow('no header');
  });
});
