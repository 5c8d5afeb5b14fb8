/** MLLP block characters (HL7 v2 Transport Specification: MLLP, release 1). */
const START = 0x0b;
const END = 0x1c;
const CARRIAGE_RETURN = 0x0d;

export type MllpEvent =
  | { readonly kind: 'frame'; readonly content: Buffer }
  /** Bytes outside any frame; a few line ends between frames are customary and not reported. */
  | { readonly kind: 'garbage'; readonly length: number }
  /** A frame that grew past the cap. What follows up to the next frame is skipped. */
  | { readonly kind: 'oversized'; readonly head: Buffer };

/** How much of an oversized frame is kept: enough to read its MSH and answer it. */
const HEAD_BYTES = 4096;

/**
 * Finds frames in a stream of chunks of any size. Each byte is looked at once and copied at most once: chunks of an
 * unfinished frame are kept as they came and joined when it ends.
 */
export class MllpDecoder {
  #chunks: Buffer[] = [];
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
    const rest = this.#state === 'inside' && this.#length > 0 ? Buffer.concat(this.#chunks) : undefined;
    this.#reset('between');
    return rest;
  }

  #seekStart(chunk: Buffer, from: number, events: MllpEvent[]): number {
    const start = chunk.indexOf(START, from);
    const until = start < 0 ? chunk.length : start;
    for (let at = from; at < until; at++)
      if (chunk[at] !== CARRIAGE_RETURN && chunk[at] !== 0x0a) this.#garbage++;
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
      // A lone end character is content; a start character after it is a sender that leaves out the CR.
      if (chunk[from] === START) return this.#close(from, events);
      this.#append(Buffer.of(END), events);
    }
    const end = chunk.indexOf(END, from);
    if (end < 0) {
      this.#append(chunk.subarray(from), events);
      return chunk.length;
    }
    this.#append(chunk.subarray(from, end), events);
    this.#endPending = true;
    return end + 1;
  }

  #append(part: Buffer, events: MllpEvent[]): void {
    if (this.#state === 'skipping' || part.length === 0) return;
    this.#chunks.push(part);
    this.#length += part.length;
    if (this.#length <= this.maximumFrameBytes) return;
    events.push({ kind: 'oversized', head: headOf(this.#chunks) });
    this.#reset('skipping');
  }

  #close(next: number, events: MllpEvent[]): number {
    if (this.#state === 'inside') {
      const [only, second] = this.#chunks;
      const content =
        only !== undefined && second === undefined ? only : Buffer.concat(this.#chunks, this.#length);
      events.push({ kind: 'frame', content });
    }
    this.#reset('between');
    return next;
  }

  #reset(state: 'between' | 'inside' | 'skipping'): void {
    this.#chunks = [];
    this.#length = 0;
    this.#endPending = false;
    this.#state = state;
  }
}

function headOf(chunks: readonly Buffer[]): Buffer {
  const head: Buffer[] = [];
  let missing = HEAD_BYTES;
  for (const chunk of chunks) {
    if (missing <= 0) break;
    head.push(chunk.subarray(0, missing));
    missing -= chunk.length;
  }
  return Buffer.concat(head);
}

export function encodeMllpFrame(content: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(content.length + 3);
  frame[0] = START;
  frame.set(content, 1);
  frame[content.length + 1] = END;
  frame[content.length + 2] = CARRIAGE_RETURN;
  return frame;
}
