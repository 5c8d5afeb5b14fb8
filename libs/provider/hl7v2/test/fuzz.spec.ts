import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertHeader,
  buildAcknowledgement,
  encodeMllpFrame,
  findHeader,
  Hl7ParseError,
  isBatch,
  looseResults,
  MllpDecoder,
  observationGroups,
  parseMessage,
  readBatch,
  type Hl7Message,
} from '@samenhang/hl7v2';
import { generatedMessages } from './generated-messages.js';

/** Bytes on which a reader of HL7 decides something: delimiters, line ends, frame marks, byte order marks, high bytes. */
const interesting = [
  0x00, 0x0a, 0x0b, 0x0d, 0x1b, 0x1c, 0x22, 0x23, 0x26, 0x2e, 0x30, 0x41, 0x48, 0x4d, 0x53, 0x58, 0x5c, 0x5e,
  0x7c, 0x7e, 0x80, 0xbf, 0xc3, 0xe2, 0xef, 0xfe, 0xff,
];

type Mutation = (bytes: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, share: number): number => Math.floor(share * (bytes.length + 1));

/** Changes that keep most of the structure, so that what lies behind the first check is reached too. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, fc.constantFrom(...interesting)).map(([share, byte]): Mutation => {
    return (bytes) => {
      const changed = Buffer.from(bytes);
      changed[at(bytes, share)] = byte;
      return changed;
    };
  }),
  fc.tuple(position, fc.constantFrom(...interesting)).map(([share, byte]): Mutation => {
    return (bytes) =>
      Buffer.concat([bytes.subarray(0, at(bytes, share)), Buffer.of(byte), bytes.subarray(at(bytes, share))]);
  }),
  fc.tuple(position, position).map(([from, to]): Mutation => {
    return (bytes) =>
      Buffer.concat([
        bytes.subarray(0, at(bytes, Math.min(from, to))),
        bytes.subarray(at(bytes, Math.max(from, to))),
      ]);
  }),
  fc.tuple(position, position, position).map(([from, to, where]): Mutation => {
    return (bytes) => {
      const part = bytes.subarray(at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to)));
      return Buffer.concat([bytes.subarray(0, at(bytes, where)), part, bytes.subarray(at(bytes, where))]);
    };
  }),
  fc
    .tuple(
      position,
      fc.constantFrom('\\X', '\\', '\\.sp+99\\', '""', '\rMSH|', '\rBTS|9', '\\XC3\\', '\\H\\'),
    )
    .map(([share, text]): Mutation => {
      return (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(bytes, share)),
          Buffer.from(text),
          bytes.subarray(at(bytes, share)),
        ]);
    }),
  fc.constant((bytes: Buffer) => Buffer.from(bytes.toString('latin1'), 'utf16le')),
);

const charset = fc.constantFrom('UTF-8', '8859/1', '8859/7', 'ASCII', 'UNICODE UTF-16', 'windows-1252');

const mutated = fc
  .tuple(generatedMessages('any'), fc.array(mutation, { maxLength: 6 }), fc.integer({ min: 0, max: 3 }))
  .map(([{ text }, mutations, one]) => {
    const content = Buffer.from(one === 0 ? `BHS|^~\\&|A\r${text}\rBTS|1\r` : text);
    return mutations.reduce<Buffer>((bytes, change) => change(bytes), content);
  });

/** Reads all there is, by every way of reading. */
function readAll(message: Hl7Message): void {
  for (const segment of message.all) {
    for (let number = 1; number <= segment.fieldCount; number++) {
      const field = segment.field(number);
      for (const repetition of field.repetitions) {
        for (let which = 1; which <= repetition.componentCount; which++) {
          const component = repetition.component(which);
          const first = component.subcomponent(1);
          expect(component.text).toBe(first.text);
          expect(message.bytes.toString('latin1', first.start, first.end)).toBe(first.octets);
        }
      }
      if (number !== 2 || segment.name !== 'MSH') expect(field.text).toBe(field.component(1).text);
      field.fullText?.normalize();
    }
  }
  observationGroups(message);
  looseResults(message);
}

function answerTo(content: Buffer): Buffer | undefined {
  const found = findHeader(content);
  const error = { code: '102', location: { segment: 'PID', sequence: 1, field: 3 }, text: 'no' } as const;
  return buildAcknowledgement({
    outcome: 'refused',
    header: found?.header,
    delimiters: found?.delimiters,
    errors: [error],
    controlId: 'X',
    at: new Date(0),
  });
}

describe('whatever comes', () => {
  it('is read whole or refused with a parse error, and can be answered', () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutated, charset, (content, defaultCharset) => {
        try {
          const message = parseMessage(content, { defaultCharset });
          readAll(message);
          accepted++;
          assertHeader(message);
        } catch (error) {
          if (!(error instanceof Hl7ParseError)) throw error;
          expect(error.message).not.toContain(content.toString('latin1', 20, 40) || '\0');
        }
        const answer = answerTo(content);
        if (answer !== undefined) parseMessage(answer, { defaultCharset: '8859/1' });
      }),
      { numRuns: 2_000 },
    );
    // The mutations must not make everything unreadable: then nothing would have been tried.
    expect(accepted).toBeGreaterThan(200);
  });

  it('comes apart as a batch, or is refused with a parse error', () => {
    fc.assert(
      fc.property(mutated, (content) => {
        if (!isBatch(content)) return;
        try {
          readBatch(content);
        } catch (error) {
          expect(error).toBeInstanceOf(Hl7ParseError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is found again as a frame however it is cut, and nothing is held beyond the cap', () => {
    const cuts = fc.array(position, { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(mutated, { minLength: 1, maxLength: 4 }),
        cuts,
        fc.nat(600),
        (contents, shares, cap) => {
          const stream = Buffer.concat(contents.map((content) => encodeMllpFrame(content)));
          const whole = new MllpDecoder(cap).push(stream);
          const decoder = new MllpDecoder(cap);
          const ends = [...shares.map((share) => at(stream, share)).sort((a, b) => a - b), stream.length];
          let from = 0;
          const parts = ends.flatMap((end) => {
            const events = decoder.push(stream.subarray(from, end));
            expect(decoder.heldBytes).toBeLessThanOrEqual(cap);
            from = end;
            return events;
          });
          const kinds = (events: typeof whole): string[] =>
            events.map((event) =>
              event.kind === 'frame' ? `frame ${event.content.toString('hex')}` : event.kind,
            );
          expect(kinds(parts)).toEqual(kinds(whole));
        },
      ),
      { numRuns: 500 },
    );
  });
});

// Work that grows with the square of the size would take hours here: the time limit of a test is bound enough. What a
// message costs is measured by `npm run bench -- ingest`.
describe('very large messages', () => {
  const head = 'MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5\r';

  function charactersOf(message: Hl7Message): number {
    let read = 0;
    for (const segment of message.all)
      for (let number = 1; number <= segment.fieldCount; number++)
        for (const repetition of segment.field(number).repetitions)
          for (let which = 1; which <= repetition.componentCount; which++)
            read += repetition.component(which).text?.length ?? 0;
    return read;
  }

  it.each([
    ['one long field', (size: number) => `OBX|1|ED|x||${'a'.repeat(size * 50)}`],
    ['repetitions', (size: number) => `PID|1||${'12^^^A&b&c^PI~'.repeat(size)}`],
    ['components', (size: number) => `PID|1||${'a^'.repeat(size)}`],
    ['fields', (size: number) => `PID${'|a'.repeat(size)}`],
    ['segments', (size: number) => 'NTE|1||text\r'.repeat(size)],
    ['escapes', (size: number) => `NTE|1||${'\\T\\'.repeat(size)}`],
    ['escape characters without meaning', (size: number) => `NTE|1||${'\\'.repeat(size)}`],
    ['hexadecimal escapes', (size: number) => `NTE|1||\\X${'41'.repeat(size)}\\`],
    ['8-bit text', (size: number) => `NTE|1||${'é~'.repeat(size)}`],
  ])('are read to the end: %s', (_name, make) => {
    const size = 150_000;
    const message = parseMessage(Buffer.from(head + make(size)), { defaultCharset: 'UTF-8' });
    expect(charactersOf(message)).toBeGreaterThan(size);
  });
});
