/** Cuts texts into parts of some size, in order; one that is too large by itself is left out. */
export function inParts(texts: readonly string[], partBytes: number, largestBytes: number): string[][] {
  const parts: string[][] = [];
  let size = Infinity;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text);
    if (bytes > largestBytes) continue;
    if (size + bytes > partBytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(text);
    size += bytes;
  }
  return parts;
}
