/** MLLP block characters (HL7 v2 Transport Specification: MLLP, release 1). */
const START = 0x0b;
const END = 0x1c;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

export type MllpEvent =
  | { readonly kind: 'frame'; readonly content: Buffer }
  /** Bytes outside any frame, or of one that was broken off; a few line ends between frames are customary and not reported. */
  | { readonly kind: 'garbage'; readonly length: number }
  /** A frame that grew past the cap. What follows up to the next frame is skipped. */
  | { readonly kind: 'oversized'; readonly head: Buffer };

/** How much of an oversized frame is kept: enough to read its MSH and answer it. */
const HEAD_BYTES = 4096;

/**
 * Finds frames in a stream of chunks of any size, in time linear in the bytes. A frame within one chunk is not copied;
 * what is held of an unfinished frame lies in one buffer that doubles as it grows, so that a sender of single bytes
 * costs no more memory than one of large packets.
 */
export class MllpDecoder {
  #held = Buffer.alloc(0);
  #length = 0;
  #garbage = 0;
  #state: 'between' | 'inside' | 'skipping' = 'between';
  /** The end-of-block character was the last byte seen; whether it ended the block depends on the next. */
  #endPending = false;

  constructor(private readonly maximumFrameBytes: number) {}

  /** Bytes held of an unfinished frame. */
  get heldBytes(): number {
    return this.#length;
  }

  /** A frame has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#state !== 'between';
  }

  push(chunk: Buffer): MllpEvent[] {
    const events: MllpEvent[] = [];
    let at = 0;
    while (at < chunk.length) {
      at = this.#state === 'between' ? this.#seekStart(chunk, at, events) : this.#seekEnd(chunk, at, events);
    }
    return events;
  }

  /** What the closed connection leaves: bytes of a frame that never ended. */
  finish(): Buffer | undefined {
    const rest =
      this.#state === 'inside' && this.#length > 0 ? this.#held.subarray(0, this.#length) : undefined;
    this.#reset('between');
    return rest;
  }

  #seekStart(chunk: Buffer, from: number, events: MllpEvent[]): number {
    const start = chunk.indexOf(START, from);
    const until = start < 0 ? chunk.length : start;
    for (let at = from; at < until; at++) {
      if (chunk[at] !== CARRIAGE_RETURN && chunk[at] !== LINE_FEED) this.#garbage++;
    }
    if (start < 0) return chunk.length;
    if (this.#garbage > 0) events.push({ kind: 'garbage', length: this.#garbage });
    this.#garbage = 0;
    this.#reset('inside');
    return start + 1;
  }

  #seekEnd(chunk: Buffer, from: number, events: MllpEvent[]): number {
    if (this.#endPending) {
      this.#endPending = false;
      if (chunk[from] === CARRIAGE_RETURN) return this.#close(from + 1, events);
      // A start character here is a sender that leaves out the CR; anything else makes the end character content.
      if (chunk[from] === START) return this.#close(from, events);
      this.#append(Buffer.of(END), events);
    }
    const end = chunk.indexOf(END, from);
    const complete = end >= 0 && chunk[end + 1] === CARRIAGE_RETURN && this.#length === 0;
    if (complete && this.#state === 'inside' && end - from <= this.maximumFrameBytes) {
      addFrame(chunk.subarray(from, end), events);
      this.#reset('between');
      return end + 2;
    }
    this.#append(end < 0 ? chunk.subarray(from) : chunk.subarray(from, end), events);
    if (end < 0) return chunk.length;
    this.#endPending = true;
    return end + 1;
  }

  #append(part: Buffer, events: MllpEvent[]): void {
    if (this.#state === 'skipping' || part.length === 0) return;
    const length = this.#length + part.length;
    if (length > this.maximumFrameBytes) {
      const head = Buffer.concat([this.#held.subarray(0, this.#length), part.subarray(0, HEAD_BYTES)]);
      events.push({ kind: 'oversized', head: head.subarray(0, HEAD_BYTES) });
      this.#reset('skipping');
      return;
    }
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(Math.max(length, this.#held.length * 2), this.maximumFrameBytes),
      );
      this.#held.copy(grown, 0, 0, this.#length);
      this.#held = grown;
    }
    part.copy(this.#held, this.#length);
    this.#length = length;
  }

  #close(next: number, events: MllpEvent[]): number {
    if (this.#state === 'inside') addFrame(this.#held.subarray(0, this.#length), events);
    this.#reset('between');
    return next;
  }

  /** The buffer is given up with its frame: whoever received the frame may keep it. */
  #reset(state: 'between' | 'inside' | 'skipping'): void {
    this.#held = Buffer.alloc(0);
    this.#length = 0;
    this.#endPending = false;
    this.#state = state;
  }
}

const RESTART = Buffer.from([START, ...Buffer.from('MSH')]);

/**
 * A sender that broke off and began anew leaves half a message before its second start character: that half was never
 * ended, and the whole one behind it counts. In UTF-16 the same bytes can be text.
 */
function addFrame(content: Buffer, events: MllpEvent[]): void {
  const restart = content.subarray(0, 8).includes(0) ? -1 : content.lastIndexOf(RESTART);
  if (restart > 0) events.push({ kind: 'garbage', length: restart });
  events.push({ kind: 'frame', content: content.subarray(restart < 0 ? 0 : restart + 1) });
}

export function encodeMllpFrame(content: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(content.length + 3);
  frame[0] = START;
  frame.set(content, 1);
  frame[content.length + 1] = END;
  frame[content.length + 2] = CARRIAGE_RETURN;
  return frame;
}
