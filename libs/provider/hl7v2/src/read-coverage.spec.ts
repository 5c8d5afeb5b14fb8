import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage, type Hl7Message } from './message.js';
import { ReadCoverage } from './read-coverage.js';

const header = 'MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5';

function read(segment: string, work: (message: Hl7Message) => void): string[] {
  const coverage = new ReadCoverage();
  const content = Buffer.from(`${header}\r${segment}\r`, 'utf8');
  const message = parseMessage(content, { defaultCharset: 'UTF-8', coverage });
  work(message);
  const seen: string[] = [];
  coverage.visit(message, ({ name }, field, component, wasRead) => {
    if (name === 'MSH') return;
    const place = component === 0 ? `${name}-${field}` : `${name}-${field}.${component}`;
    seen.push(`${place} ${wasRead ? 'read' : 'left'}`);
  });
  return seen;
}

describe('what was read of a message', () => {
  const pid = 'PID|1||7^x^y~8^^z||Jansen&de&Jansen^Anna|""||M';

  it('is a component when its text or a part of it was asked for, and its field then', () => {
    const seen = read(pid, (message) => {
      const segment = message.segment('PID');
      void segment?.field(3).repetitions.map((value) => value.component(1).text);
      void segment?.field(5).component(1).subcomponent(2).text;
    });
    expect(seen).toEqual([
      'PID-1 left',
      'PID-3 read',
      'PID-3.2 left',
      'PID-3.3 left',
      'PID-5 read',
      'PID-5.2 left',
      'PID-8 left',
    ]);
  });

  it('is all of a field that was read as one text', () => {
    const seen = read(pid, (message) => void message.segment('PID')?.field(3).fullText);
    expect(seen).toContain('PID-3 read');
    expect(seen.filter((place) => place.startsWith('PID-3.'))).toEqual([]);
  });

  it('is nothing of what was only looked for', () => {
    const seen = read(pid, (message) => void message.segment('PID')?.field(8).hasValue);
    expect(seen.some((place) => place.endsWith('read'))).toBe(false);
  });

  it('is everything when everything was read, whatever the message holds', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '^', '~', '&', ' ', 'é'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 8 }), (fields) => {
        const seen = read(`ZZZ|${fields.join('|')}`, (message) => {
          const segment = message.segment('ZZZ');
          for (let number = 1; number <= (segment?.fieldCount ?? 0); number++)
            void segment?.field(number).raw;
        });
        expect(seen.filter((place) => place.endsWith('left'))).toEqual([]);
      }),
    );
  });
});
