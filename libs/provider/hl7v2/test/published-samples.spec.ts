import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Message } from 'node-hl7-client';
import { describe, expect, it } from 'vitest';
import { encodingCharacters, parseMessage, type Hl7Message } from '@samenhang/hl7v2';

const directory = join(import.meta.dirname, '../../../../../shared/samples/hl7v2');
const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.hl7')) : [];

function standardHeader(message: Hl7Message): string {
  const separator = message.delimiters.field;
  return [
    'MSH',
    encodingCharacters(message.delimiters),
    'A',
    'B',
    'C',
    'D',
    '20260101',
    '',
    ['ADT', 'A01', 'ADT_A01'].join(message.delimiters.component),
    '1',
    'P',
    '2.5',
  ].join(separator);
}

function parse(file: string): Hl7Message {
  return parseMessage(readFileSync(join(directory, file)), { defaultCharset: 'windows-1252' });
}

describe.skipIf(files.length === 0)('published messages (../shared/samples/hl7v2)', () => {
  it.each(files)('is kept byte for byte and covered by its segments: %s', (file) => {
    const message = parse(file);
    expect(message.bytes.equals(readFileSync(join(directory, file)))).toBe(true);
    const read = message.all.map((segment) => message.bytes.toString('latin1', segment.start, segment.end));
    const sent = message.bytes
      .toString('latin1')
      .split(/[\r\n]+/)
      .filter((line) => line !== '');
    expect(read.join('\r').replaceAll('\n', '')).toBe(sent.join('\r').replaceAll('\n', ''));
    for (const segment of message.all) {
      const fields = Array.from(
        { length: segment.fieldCount },
        (_, index) => segment.field(index + 1).octets,
      );
      const rebuilt = segment.name === 'MSH' ? ['MSH', ...fields.slice(1)] : [segment.name, ...fields];
      expect(rebuilt.join(message.delimiters.field)).toBe(
        message.bytes.toString('latin1', segment.start, segment.end),
      );
    }
  });

  it.each(files)('reads components as node-hl7-client does: %s', (file) => {
    const message = parse(file);
    const header = standardHeader(message);
    for (const segment of message.all.slice(1)) {
      // One segment at a time: the peer's path access cannot name an occurrence, and it takes any "MSH" for a header.
      if (segment.raw.includes('MSH')) continue;
      // The closing separator keeps blanks at the end, which the peer would trim.
      const text = `${header}\r${segment.raw}${message.delimiters.field}`;
      const peer = new Message({ text });
      for (let number = 1; number <= segment.fieldCount; number++) {
        const field = segment.field(number);
        if (field.isAbsent) continue;
        const component = field.component(2);
        expect(peer.get(`${segment.name}.${String(number)}`).toRaw(), field.path).toBe(field.raw);
        if (field.repetitions.length > 1 || !component.hasValue) continue;
        expect(peer.get(`${segment.name}.${String(number)}.2`).toRaw(), component.path).toBe(component.raw);
      }
    }
  });
});

describe.skipIf(files.length > 0)('published messages', () => {
  it.skip('not run: ../shared/samples/hl7v2 is absent', () => undefined);
});
