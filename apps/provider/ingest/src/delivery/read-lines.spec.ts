import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf, readLines, type Line } from './read-lines.js';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, size: number, longest?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const group of readLines(cut(bytes, size), longest)) lines.push(...group);
  return lines;
}

describe('readLines', () => {
  it('gives the lines of any bytes, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é'), maxLength: 80 }),
        fc.integer({ min: 1, max: 20 }),
        async (text, size) => {
          const lines = await read(Buffer.from(text), size);
          const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
          if (text.endsWith('\n') || text === '') expected.pop();
          expect(lines.map(({ content }) => content.toString())).toEqual(expected);
          expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('cuts off a line that is too long, and reads on after it', async () => {
    const lines = await read(Buffer.from(`ok\n${'x'.repeat(100)}\nnext\n`), 9, 10);
    expect(lines.map(({ content, isTooLong }) => [content.toString(), isTooLong])).toEqual([
      ['ok', false],
      ['x'.repeat(10), true],
      ['next', false],
    ]);
  });
});

describe('chunksOf', () => {
  it('keeps everything in order, in chunks that are not too large', async () => {
    const sizes: number[] = [];
    let last = 0;
    const bytes = Buffer.from(Array.from({ length: 1300 }, (_, index) => `${String(index + 1)}\n`).join(''));
    for await (const chunk of chunksOf(readLines(cut(bytes, 64)))) {
      sizes.push(chunk.length);
      for (const { number } of chunk) expect(number).toBe(++last);
    }
    expect(sizes).toEqual([500, 500, 300]);
  });
});
