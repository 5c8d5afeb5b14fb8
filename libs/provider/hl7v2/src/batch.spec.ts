import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildAcknowledgement,
  buildBatchAcknowledgement,
  findBatchHeader,
  findHeader,
  Hl7ParseError,
  isBatch,
  maximumBatchMessages,
  parseMessage,
  readBatch,
  type Hl7Batch,
} from './index.js';

const FHS = 'FHS|^~\\&|LAB|ZH|SAM|NODE|20260101||file||F1';
const BHS = 'BHS|^~\\&|LAB|ZH|SAM|NODE|20260101||batch||B1';
const one = 'MSH|^~\\&|LAB|ZH|SAM|NODE|20260101||ADT^A08|1|P|2.5\rPID|1||1';
const two = 'MSH|^~\\&|LAB|ZH|SAM|NODE|20260101||ADT^A08|2|P|2.5\rPID|1||2';

function read(...lines: string[]): Hl7Batch {
  return readBatch(Buffer.from(lines.join('\r') + '\r'));
}

function refusal(...lines: string[]): Hl7ParseError {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof Hl7ParseError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

function controlIds(batch: Hl7Batch): (string | undefined)[][] {
  return batch.groups.map(({ messages }) =>
    messages.map((content) => parseMessage(content, { defaultCharset: 'UTF-8' }).controlId),
  );
}

describe('readBatch', () => {
  it('takes apart a batch, a file of batches, and a file without batches', () => {
    expect(controlIds(read(BHS, one, two, 'BTS|2'))).toEqual([['1', '2']]);
    expect(controlIds(read(FHS, BHS, one, 'BTS|1', BHS, two, 'BTS', 'FTS|2'))).toEqual([['1'], ['2']]);
    expect(controlIds(read(FHS, one, two, 'FTS'))).toEqual([['1', '2']]);
    expect(controlIds(read(BHS, 'BTS|0'))).toEqual([[]]);
  });

  it('gives each message as it was sent', () => {
    const [group] = read(BHS, one, two, 'BTS|2').groups;
    expect(group?.messages.map(String)).toEqual([`${one}\r`, `${two}\r`]);
  });

  it('follows the line ends and delimiters of the envelope', () => {
    const text = [BHS.replaceAll('|', '#'), one, 'BTS#1'].join('\r\n');
    expect(controlIds(readBatch(Buffer.from(text)))).toEqual([['1']]);
  });

  it('gives the messages of a UTF-16 batch in UTF-16', () => {
    const utf16 = one.replace('|2.5', '|2.5||||||UNICODE UTF-16') + 'é';
    const batch = readBatch(Buffer.from([BHS, utf16, 'BTS|1'].join('\r'), 'utf16le'));
    expect(batch.groups[0]?.messages[0]?.toString('utf16le')).toBe(`${utf16}\r`);
  });

  it.each([
    ['a wrong count of messages', [BHS, one, 'BTS|2'], '102', 'BTS'],
    ['a wrong count of batches', [FHS, BHS, one, 'BTS|1', 'FTS|2'], '102', 'FTS'],
    ['a missing trailer', [BHS, one], '100', 'BTS'],
    ['a missing trailer of the file', [FHS, BHS, one, 'BTS|1'], '100', 'FTS'],
    ['a batch in a batch', [BHS, BHS, one, 'BTS|1'], '100', 'BHS'],
    ['a file in a batch', [BHS, FHS, one, 'BTS|1'], '100', 'BHS'],
    ['a trailer without header', [FHS, 'BTS|0', 'FTS'], '100', 'BHS'],
    ['a segment outside of messages', [BHS, 'PID|1', 'BTS|0'], '100', 'BHS'],
    ['a message behind the batch', [BHS, one, 'BTS|1', two], '100', 'BHS'],
    ['a message behind the file', [FHS, 'FTS', two], '100', 'BHS'],
    ['a second batch without file', [BHS, one, 'BTS|1', BHS, two, 'BTS|1'], '100', 'BHS'],
  ])('refuses %s', (_name, lines, code, segment) => {
    expect(refusal(...lines)).toMatchObject({ code, segment });
  });

  it('refuses more messages than memory should hold as objects', () => {
    expect(refusal(BHS, ...Array.from({ length: maximumBatchMessages + 1 }, () => one), 'BTS').code).toBe(
      '100',
    );
  });

  it('never fails otherwise than with a parse error', () => {
    const line = fc.oneof(
      fc.constantFrom(FHS, BHS, one, two, 'BTS|1', 'BTS', 'FTS|1', 'FTS', 'ZZZ'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r', '\n', '\r\n'), (lines, end) => {
        const content = Buffer.from(lines.join(end));
        if (!isBatch(content)) return;
        expect(findBatchHeader(content)?.header.name).toMatch(/^[FB]HS$/);
        try {
          const sent = lines.filter((text) => text === one || text === two).length;
          expect(controlIds(readBatch(content)).flat()).toHaveLength(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(Hl7ParseError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('buildBatchAcknowledgement', () => {
  const at = new Date('2026-01-02T03:04:05Z');

  function answersTo(batch: Hl7Batch): Buffer[][] {
    return batch.groups.map(({ messages }) =>
      messages.flatMap((content) => {
        const header = findHeader(content)?.header;
        return buildAcknowledgement({ outcome: 'accepted', header, controlId: 'A', at }) ?? [];
      }),
    );
  }

  it('answers each message in the envelope of the batch', () => {
    const batch = read(FHS, BHS, one, two, 'BTS|2', 'FTS|1');
    const answer = buildBatchAcknowledgement({
      batch,
      answers: answersTo(batch),
      createControlId: () => 'C',
      at,
    });
    const lines = answer?.toString().split('\r') ?? [];
    expect(lines[0]).toBe('FHS|^~\\&|SAM|NODE|LAB|ZH|20260102030405+0000||||C|F1');
    expect(lines[1]).toBe('BHS|^~\\&|SAM|NODE|LAB|ZH|20260102030405+0000||||C|B1');
    expect(lines.filter((line) => line.startsWith('MSA'))).toEqual(['MSA|AA|1', 'MSA|AA|2']);
    expect(lines.slice(-3)).toEqual(['BTS|2', 'FTS|1', '']);
    expect(controlIds(readBatch(answer ?? Buffer.alloc(0)))).toEqual([['A', 'A']]);
  });

  it('says nothing when no message wants an answer', () => {
    const batch = read(BHS, one.replace('|2.5', '|2.5|||NE|NE'), 'BTS|1');
    expect(
      buildBatchAcknowledgement({ batch, answers: answersTo(batch), createControlId: () => 'C', at }),
    ).toBeUndefined();
  });

  it('answers in UTF-16 what came in UTF-16', () => {
    const text = [BHS, one.replace('|2.5', '|2.5||||||UNICODE UTF-16'), 'BTS|1'].join('\r');
    const batch = readBatch(Buffer.from(text, 'utf16le'));
    const answer = buildBatchAcknowledgement({
      batch,
      answers: answersTo(batch),
      createControlId: () => 'C',
      at,
    });
    expect(answer?.toString('utf16le')).toContain('\rMSA|AA|1\r');
  });
});
