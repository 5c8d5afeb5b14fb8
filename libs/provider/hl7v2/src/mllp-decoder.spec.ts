import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMllpFrame, MllpDecoder, type MllpEvent } from './index.js';

function frames(events: readonly MllpEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'frame' ? [event.content.toString('latin1')] : []));
}

describe('MllpDecoder', () => {
  const two = Buffer.concat([
    encodeMllpFrame(Buffer.from('MSH|one')),
    encodeMllpFrame(Buffer.from('MSH|two')),
  ]);

  it('finds two frames in one packet', () => {
    expect(frames(new MllpDecoder(100).push(two))).toEqual(['MSH|one', 'MSH|two']);
  });

  it('takes the whole message behind one that was broken off', () => {
    const stream = Buffer.from('\x0bMSH|ha\x0bMSH|whole\x1c\r');
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new MllpDecoder(100);
      const events = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      expect(events.map(({ kind }) => kind)).toEqual(['garbage', 'frame']);
      expect(frames(events)).toEqual(['MSH|whole']);
    }
  });

  it('finds frames split at every byte', () => {
    for (let cut = 0; cut <= two.length; cut++) {
      const decoder = new MllpDecoder(100);
      const events = [...decoder.push(two.subarray(0, cut)), ...decoder.push(two.subarray(cut))];
      expect(frames(events)).toEqual(['MSH|one', 'MSH|two']);
    }
  });

  it('finds frames however the stream is cut', () => {
    const content = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0b && byte !== 0x1c)));
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (messages, cuts) => {
          const stream = Buffer.concat(messages.map((one) => encodeMllpFrame(one)));
          const decoder = new MllpDecoder(1000);
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b),
            stream.length,
          ];
          const events = at.slice(1).flatMap((end, index) => decoder.push(stream.subarray(at[index], end)));
          expect(frames(events)).toEqual(messages.map((one) => one.toString('latin1')));
        },
      ),
    );
  });

  it('reports garbage between frames and keeps an end character inside content', () => {
    const stream = Buffer.concat([
      Buffer.from('noise\r\n'),
      encodeMllpFrame(Buffer.from('a\x1cb')),
      Buffer.from('xx'),
      encodeMllpFrame(Buffer.from('c')),
    ]);
    const events = new MllpDecoder(100).push(stream);
    expect(frames(events)).toEqual(['a\x1cb', 'c']);
    expect(events.filter((event) => event.kind === 'garbage')).toEqual([
      { kind: 'garbage', length: 5 },
      { kind: 'garbage', length: 2 },
    ]);
  });

  it('gives up a frame past the cap, holds no more than it, and reads on behind it', () => {
    const decoder = new MllpDecoder(1000);
    const events = [...decoder.push(Buffer.from('\x0bMSH|big'))];
    for (let count = 0; count < 100; count++) {
      events.push(...decoder.push(Buffer.alloc(100, 'x')));
      expect(decoder.heldBytes).toBeLessThanOrEqual(1000);
    }
    events.push(
      ...decoder.push(Buffer.concat([Buffer.from('\x1c\r'), encodeMllpFrame(Buffer.from('next'))])),
    );
    expect(events[0]).toMatchObject({ kind: 'oversized' });
    expect(events).toHaveLength(2);
    expect(frames(events)).toEqual(['next']);
  });

  it('gives back the unfinished frame of a closed connection', () => {
    const decoder = new MllpDecoder(100);
    decoder.push(Buffer.from('\x0bMSH|half'));
    expect(decoder.finish()?.toString()).toBe('MSH|half');
    expect(decoder.finish()).toBeUndefined();
  });

  it('takes a million bytes that come one by one', () => {
    const decoder = new MllpDecoder(2_000_000);
    const byte = Buffer.from('x');
    decoder.push(Buffer.from('\x0b'));
    for (let count = 0; count < 1_000_000; count++) decoder.push(byte);
    expect(frames(decoder.push(Buffer.from('\x1c\r')))[0]).toHaveLength(1_000_000);
  });
});
