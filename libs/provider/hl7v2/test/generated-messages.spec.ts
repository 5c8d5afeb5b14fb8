import fc from 'fast-check';
import { Message } from 'node-hl7-client';
import { describe, expect, it } from 'vitest';
import { parseMessage, type Hl7Segment } from '@samenhang/hl7v2';
import { generatedMessages, type GeneratedField } from './generated-messages.js';

const options = { defaultCharset: 'UTF-8' };

/** A field split into all its leaves; what is absent reads as the empty text that was generated. */
function leavesOf(segment: Hl7Segment, number: number, generated: GeneratedField): string[][][] {
  const field = segment.field(number);
  return generated.map((components, at) =>
    components.map((leaves, which) =>
      leaves.map((_leaf, position) => {
        const { start, end } = field
          .repetition(at + 1)
          .component(which + 1)
          .subcomponent(position + 1);
        return segment.field(number).octets.slice(start - field.start, end - field.start);
      }),
    ),
  );
}

describe('generated messages', () => {
  it('are read as they were made, with any delimiters', () => {
    fc.assert(
      fc.property(generatedMessages('any'), ({ segments, text }) => {
        const message = parseMessage(Buffer.from(text), options);
        expect(message.all.slice(1).map(({ name }) => name)).toEqual(segments.map(({ name }) => name));
        segments.forEach(({ fields }, index) => {
          const segment = message.all[index + 1];
          fields.forEach((field, at) => {
            const expected = field.map((components) =>
              components.map((leaves) => leaves.map((leaf) => Buffer.from(leaf).toString('latin1'))),
            );
            expect(segment && leavesOf(segment, at + 1, field)).toEqual(expected);
            const [[[first = ''] = []] = []] = field;
            expect(segment?.field(at + 1).text ?? '').toBe(first);
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are read as node-hl7-client reads them', () => {
    fc.assert(
      fc.property(generatedMessages('standard'), ({ segments, text }) => {
        const message = parseMessage(Buffer.from(text), options);
        const seen = new Set<string>();
        segments.forEach(({ name, fields }, index) => {
          // The peer's paths reach the first segment of a name.
          if (seen.has(name)) return;
          seen.add(name);
          const segment = message.all[index + 1];
          const peer = new Message({ text: `${text}\r` });
          fields.forEach((field, at) => {
            const own = segment?.field(at + 1);
            // The peer trims the last field of a message.
            if (own === undefined || own.isAbsent || (at + 1 === fields.length && own.raw !== own.raw.trim()))
              return;
            expect(peer.get(`${name}.${String(at + 1)}`).toRaw()).toBe(own.raw);
            const second = own.component(2);
            if (field.length === 1 && (field[0]?.length ?? 0) > 1 && second.hasValue)
              expect(peer.get(`${name}.${String(at + 1)}.2`).toRaw()).toBe(second.raw);
          });
        });
      }),
      { numRuns: 300 },
    );
  });
});
