/** A leaf of a message: what a sender can write without touching anything else. */
export interface SourcePlace {
  /** As people write it: `PID-5.1`, `Bundle.entry[0].resource.birthDate`, `.../observation/value/@value`, a column. */
  readonly path: string;
  /** What belongs together: a segment, an entry of a Bundle or of a document. */
  readonly group: string;
  readonly text: string;
  /** Where it stands in the message, in bytes; end exclusive. */
  readonly bytes?: { readonly start: number; readonly end: number };
}

/** Texts for some places by their position in the list; `undefined` takes the place out. */
export type Edits = ReadonlyMap<number, string | undefined>;

/** A message that can be written again with other texts at some of its places. */
export interface EditableMessage {
  readonly places: readonly SourcePlace[];
  write(edits: Edits): Buffer;
}

export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
}

/** The bytes with some stretches replaced. Stretches do not overlap. */
export function splice(bytes: Buffer, splices: readonly Splice[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of [...splices].sort((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(at, start), text);
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
