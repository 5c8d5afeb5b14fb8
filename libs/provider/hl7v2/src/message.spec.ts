import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hl7ParseError, observationGroups, parseMessage, type Hl7Message } from './index.js';

function parse(
  lines: readonly string[],
  encoding: BufferEncoding = 'utf8',
  defaultCharset = 'UNICODE UTF-8',
): Hl7Message {
  return parseMessage(Buffer.from(lines.join('\r') + '\r', encoding), { defaultCharset });
}

function refusal(act: () => unknown): Hl7ParseError {
  try {
    act();
  } catch (error) {
    if (error instanceof Hl7ParseError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const MSH =
  'MSH|^~\\&|HIS|22222222|SAMENHANG|NODE|20260101120000+0100||ADT^A01^ADT_A01|MSG1|P|2.5|||AL|NE|NLD|UNICODE UTF-8';

describe('parseMessage', () => {
  it('reads fields, repetitions, components and subcomponents with their byte ranges', () => {
    const message = parse([
      MSH,
      'PID|1||123^^^ZH&2.16&ISO^PI~900186021^^^NLMINBIZA^NNNLD||Jansen&van&Jansen^Piet',
    ]);
    const pid = message.segment('PID');
    const second = pid?.field(3).repetitions[1];
    expect(message.type).toEqual({ code: 'ADT', trigger: 'A01', structure: 'ADT_A01' });
    expect(message.controlId).toBe('MSG1');
    expect(second?.component(4).text).toBe('NLMINBIZA');
    expect(second?.component(1).path).toBe('PID-3[2].1');
    expect(message.bytes.toString('utf8', second?.start, second?.end)).toBe('900186021^^^NLMINBIZA^NNNLD');
    expect(pid?.field(3).component(4).subcomponent(2).text).toBe('2.16');
    expect(pid?.field(5).text).toBe('Jansen');
    expect(pid?.field(30).text).toBeUndefined();
    expect(pid?.field(30).isAbsent).toBe(true);
    expect(message.header.field(1).text).toBe('|');
    expect(message.header.field(2).text).toBe('^~\\&');
  });

  it('tells "delete" from "no statement"', () => {
    const pid = parse([MSH, 'PID|1||1|""||^""']).segment('PID');
    expect(pid?.field(4).isNull).toBe(true);
    expect(pid?.field(4).text).toBeUndefined();
    expect(pid?.field(5).isNull).toBe(false);
    expect(pid?.field(6).component(2).isNull).toBe(true);
    expect(pid?.field(6).component(1).isAbsent).toBe(true);
  });

  it('follows the delimiters of the message', () => {
    const message = parse(['MSH|^_\\&|A|B|||20260101||ADT^A01|1|P|2.4', 'PID|1||1^^^X_2^^^Y||a~b']);
    expect(message.segment('PID')?.field(3).repetitions).toHaveLength(2);
    expect(message.segment('PID')?.field(5).text).toBe('a~b');
  });

  it.each([
    ['\\F\\\\S\\\\T\\\\R\\\\E\\', '|^&~\\'],
    ['a\\.br\\b', 'a\nb'],
    ['\\H\\bold\\N\\ plain', 'bold plain'],
    ['\\XC3A9\\', 'é'],
    ['c:\\temp', 'c:\\temp'],
    ['5\\6\\T\\7', '5\\6&7'],
    ['\\Zlocal\\', '\\Zlocal\\'],
  ])('resolves escapes: %s', (sent, read) => {
    expect(
      parse([MSH, `NTE|1||${sent}`])
        .segment('NTE')
        ?.field(3).text,
    ).toBe(read);
  });

  it('reads free text across unescaped delimiters when asked', () => {
    expect(parse([MSH, 'NTE|1||R&D ^ more']).segment('NTE')?.field(3).fullText).toBe('R&D ^ more');
  });

  it('decodes the character set that MSH-18 declares', () => {
    const header = MSH.replace('UNICODE UTF-8', '8859/1');
    const message = parse([header, 'PID|1||1||Zoë'], 'latin1');
    expect(message.segment('PID')?.field(5).text).toBe('Zoë');
    expect(message.charset).toMatchObject({ declared: '8859/1', doubtful: false });
    expect(parse([header, 'PID|1||1||Zoë'], 'utf8').charset.doubtful).toBe(true);
  });

  it('uses the default of the source when MSH-18 is absent', () => {
    const header = MSH.replace('|UNICODE UTF-8', '');
    expect(parse([header, 'PID|1||1||Zoë'], 'latin1', 'ISO-8859-15').segment('PID')?.field(5).text).toBe(
      'Zoë',
    );
  });

  it('refuses bytes that are not in the declared character set rather than losing them', () => {
    const error = refusal(() => parse([MSH, 'PID|1||1||Zoë'], 'latin1'));
    expect(error).toMatchObject({ code: '102', location: { segment: 'MSH', field: 18 } });
    expect(error.message).not.toContain('Zo');
  });

  it.each([
    ['no MSH', 'PID|1', '100'],
    ['empty', '', '100'],
    ['lower case segment', `${MSH}\rpid|1`, '100'],
    ['garbage segment', `${MSH}\r<xml/>`, '100'],
    ['second MSH', `${MSH}\r${MSH}`, '100'],
    ['doubled delimiter', 'MSH|^^\\&|A', '102'],
    ['letter as delimiter', 'MSHa^~\\&aA', '102'],
    ['unknown character set', MSH.replace('UNICODE UTF-8', 'KLINGON'), '103'],
  ])('refuses: %s', (_name, content, code) => {
    expect(refusal(() => parseMessage(Buffer.from(content), { defaultCharset: 'UTF-8' })).code).toBe(code);
  });

  it('keeps what was sent, byte for byte, whatever is read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: fieldUnit, maxLength: 20 }), { maxLength: 6 }), { maxLength: 6 }),
        (rows) => {
          const content = Buffer.from(
            [MSH, ...rows.map((fields) => ['ZZZ', ...fields].join('|'))].join('\r'),
          );
          const message = parseMessage(content, { defaultCharset: 'UTF-8' });
          expect(message.bytes.equals(content)).toBe(true);
          rows.forEach((fields, index) => {
            const segment = message.segments('ZZZ')[index];
            expect(segment?.raw).toBe(['ZZZ', ...fields].join('|'));
            fields.forEach((field, at) => {
              const repetitions = segment?.field(at + 1).repetitions ?? [];
              expect(segment?.field(at + 1).raw).toBe(field);
              expect(repetitions.map((one) => one.raw).join('~')).toBe(field);
              for (const one of repetitions) one.component(3).subcomponent(2).text?.normalize();
            });
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never fails otherwise than with a parse error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, headed) => {
        const content = headed ? Buffer.concat([Buffer.from('MSH|^~\\&|'), noise]) : Buffer.from(noise);
        try {
          parseMessage(content, { defaultCharset: '8859/1' }).all.forEach(
            (one) => one.field(3).component(2).text,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(Hl7ParseError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads 20,000 repetitions', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `${String(at)}^^^ZH&x&y^PI`).join('~');
    const pid = parse([MSH, `PID|1||${ids}`]).segment('PID');
    expect(pid?.field(3).repetitions.map((one) => one.component(4).subcomponent(2).text)).toHaveLength(
      20_000,
    );
  });
});

const fieldUnit = fc.constantFrom('a', 'é', '€', '^', '&', '~', '\\', '"', ' ', '1', '😀');

describe('observationGroups', () => {
  it('gives each OBR its order, notes, results and specimens', () => {
    const message = parse([
      MSH,
      'PID|1||1',
      'ORC|RE|1',
      'OBR|1|1',
      'NTE|1||order',
      'OBX|1|NM|a',
      'NTE|1||result',
      'SPM|1',
      'OBX|2|NM|b',
      'OBR|2|2',
      'OBX|1|ST|c',
    ]);
    const [first, second] = observationGroups(message);
    expect(first?.orc?.name).toBe('ORC');
    expect(first?.notes.map((one) => one.field(3).text)).toEqual(['order']);
    expect(first?.results[0]?.notes[0]?.field(3).text).toBe('result');
    expect(first?.specimens[0]?.results[0]?.obx.field(3).text).toBe('b');
    expect(second?.orc).toBeUndefined();
    expect(second?.pid?.name).toBe('PID');
    expect(second?.results[0]?.obx.path).toBe('OBX[3]');
  });
});
