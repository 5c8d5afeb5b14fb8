import { describe, expect, it } from 'vitest';
import { buildAcknowledgement, findHeader, Hl7ParseError, parseMessage, type Hl7Message } from './index.js';

function header(msh18: string, msh20 = ''): string {
  return `MSH|^~\\&|HIS|A|SAM|B|20260101||ADT^A08|7|P|2.5||||||${msh18}||${msh20}`;
}

/** A message whose PID-5 holds the given bytes. */
function message(msh18: string, name: Uint8Array, msh20 = ''): Buffer {
  return Buffer.concat([Buffer.from(`${header(msh18, msh20)}\rPID|1||1||`), name, Buffer.from('\r')]);
}

function parse(content: Buffer, defaultCharset = 'UTF-8'): Hl7Message {
  return parseMessage(content, { defaultCharset });
}

function nameIn(content: Buffer, defaultCharset?: string): string | undefined {
  return parse(content, defaultCharset).segment('PID')?.field(5).text;
}

function refusal(content: Buffer, defaultCharset?: string): string {
  try {
    parse(content, defaultCharset);
  } catch (error) {
    if (error instanceof Hl7ParseError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('MSH-18', () => {
  it.each([
    ['8859/1', [0xe9], 'é'],
    ['8859/2', [0xb1], 'ą'],
    ['8859/3', [0xb1], 'ħ'],
    ['8859/4', [0xb1], 'ą'],
    ['8859/5', [0xd0], 'а'],
    ['8859/6', [0xc7], 'ا'],
    ['8859/7', [0xe1], 'α'],
    ['8859/8', [0xe0], 'א'],
    ['8859/9', [0xfd], 'ı'],
    ['8859/10', [0xb1], 'ą'],
    ['8859/11', [0xa1], 'ก'],
    ['8859/13', [0xe0], 'ą'],
    ['8859/14', [0xde], 'Ŷ'],
    ['8859/15', [0xa4], '€'],
    ['8859/16', [0xa4], '€'],
    ['ISO 8859-15', [0xa4], '€'],
    ['UNICODE UTF-8', [0xe2, 0x82, 0xac], '€'],
    ['UNICODE', [0xc3, 0xab], 'ë'],
    ['windows-1252', [0x80], '€'],
  ])('%s is decoded from bytes', (declared, bytes, text) => {
    const content = message(declared, Buffer.from(bytes));
    expect(nameIn(content)).toBe(text);
    expect(parse(content).charset.doubtful).toBe(false);
  });

  it('of ASCII with 8-bit bytes falls back on what the operator stated, in doubt', () => {
    const content = message('ASCII', Buffer.of(0xe9));
    expect(parse(content, '8859/1').charset).toMatchObject({ encoding: 'iso-8859-1', doubtful: true });
    expect(nameIn(content, '8859/1')).toBe('é');
    expect(refusal(content, 'UTF-8')).toMatch(/^102/);
    expect(refusal(content, 'ASCII')).toMatch(/^102/);
  });

  it('of ISO 8859 with bytes of Windows is read as Windows, in doubt', () => {
    const content = message('8859/1', Buffer.of(0x80, 0x93));
    expect(nameIn(content)).toBe('€“');
    expect(parse(content).charset.doubtful).toBe(true);
  });

  it.each([
    ['8859/3', 0xa5],
    ['8859/6', 0xa1],
    ['8859/7', 0xd2],
    ['8859/8', 0xbf],
    ['windows-1252', 0x81],
  ])('%s refuses a code that stands for nothing, instead of losing it', (declared, code) => {
    expect(refusal(message(declared, Buffer.of(code)))).toMatch(/^102/);
  });

  it.each(['8859/12', '8859/17', 'BIG-5', 'GB 18030-2000', 'UNICODE UTF-32', 'ISO IR87'])(
    '%s is refused as not supported',
    (declared) => {
      expect(refusal(message(declared, Buffer.of(0xe9)))).toMatch(/^103.*not supported/);
    },
  );

  it('may repeat: the first is the set of the message', () => {
    expect(nameIn(message('8859/1~8859/15', Buffer.of(0xa4)))).toBe('¤');
    expect(nameIn(message('~ISO IR87', Buffer.from('plain')))).toBe('plain');
  });

  it.each([
    ['~ISO IR87', ''],
    ['8859/1', 'ISO 2022-1994'],
  ])('%s with MSH-20 "%s" is refused when the message switches sets', (declared, handling) => {
    const switching = Buffer.from('\x1b$B;3ED\x1b(B', 'latin1');
    expect(refusal(message(declared, switching, handling))).toMatch(/^103.*ISO 2022/);
  });

  it('leaves an escape byte alone when no switching is announced', () => {
    expect(nameIn(message('8859/1', Buffer.from('a\x1bb')))).toBe('a\x1bb');
  });
});

describe('UTF-16', () => {
  const text = `${header('UNICODE UTF-16')}\rPID|1||1||Zoë 😀 €\r`;
  const forms = {
    'little endian': Buffer.from(text, 'utf16le'),
    'little endian with mark': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'big endian': Buffer.from(text, 'utf16le').swap16(),
    'big endian with mark': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  };

  it.each(Object.entries(forms))('%s is read and answered in kind', (_name, content) => {
    const read = parse(content, '8859/1');
    expect(read.segment('PID')?.field(5).text).toBe('Zoë 😀 €');
    expect(read.charset).toMatchObject({ encoding: 'utf-16', doubtful: false });
    const found = findHeader(content);
    const answer = buildAcknowledgement({
      outcome: 'accepted',
      header: found?.header,
      controlId: '1',
      at: new Date(0),
    });
    expect(answer?.subarray(0, 2)).toEqual(content.subarray(0, 2));
    expect(
      parse(answer ?? Buffer.alloc(0))
        .segment('MSA')
        ?.field(2).text,
    ).toBe('7');
  });

  it('is believed over another declaration, in doubt', () => {
    const content = Buffer.from(text.replace('UNICODE UTF-16', '8859/1'), 'utf16le');
    expect(nameIn(content)).toBe('Zoë 😀 €');
    expect(parse(content).charset.doubtful).toBe(true);
  });

  it('is refused when it is broken, or declared of other bytes', () => {
    const lone = Buffer.from(`${header('UNICODE UTF-16')}\rPID|1||1||\ud800|\r`, 'utf16le');
    expect(refusal(lone)).toMatch(/^102.*UTF-16/);
    expect(findHeader(lone)?.header.field(10).text).toBe('7');
    expect(refusal(Buffer.concat([forms['little endian'], Buffer.of(0)]))).toMatch(/^102/);
    expect(refusal(message('UNICODE UTF-16', Buffer.from('ë')))).toMatch(/^102/);
    expect(nameIn(message('UNICODE UTF-16', Buffer.from('e')))).toBe('e');
  });

  it('may start with the mark of UTF-8 too', () => {
    const content = message('UNICODE UTF-8', Buffer.from('Zoë'));
    expect(nameIn(Buffer.concat([Buffer.from('\ufeff'), content]))).toBe('Zoë');
  });
});
