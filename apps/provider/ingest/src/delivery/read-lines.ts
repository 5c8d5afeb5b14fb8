/** A line of a stream, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Its beginning only, when it is too long. */
  readonly content: Buffer;
  readonly isTooLong: boolean;
}

export const longestLineBytes = 10 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Lines of a stream, those of each piece together. Memory is bounded by the longest line and time is linear, however the
 * stream is cut; a line beyond the limit is given cut off, the lines after it are whole.
 */
export async function* readLines(
  stream: AsyncIterable<Buffer>,
  longest = longestLineBytes,
): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    const room = longest - length;
    if (room > 0) parts.push(part.length > room ? part.subarray(0, room) : part);
    length += part.length;
  };
  const finish = (): Line => {
    number++;
    const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const content = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    const line = { number, content, isTooLong: length > longest };
    parts = [];
    length = 0;
    return line;
  };
  for await (const piece of stream) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf(LF); end !== -1; end = piece.indexOf(LF, start)) {
      take(piece.subarray(start, end));
      lines.push(finish());
      start = end + 1;
    }
    if (start < piece.length) take(piece.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [finish()];
}

const CHUNK_ITEMS = 500;
const CHUNK_BYTES = 1024 * 1024;

/** Items in chunks of a size that is good to store at once. */
export async function* chunksOf<T extends { readonly content: Buffer }>(
  groups: AsyncIterable<readonly T[]>,
): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for await (const group of groups) {
    for (const item of group) {
      chunk.push(item);
      bytes += item.content.length;
      if (chunk.length < CHUNK_ITEMS && bytes < CHUNK_BYTES) continue;
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}
