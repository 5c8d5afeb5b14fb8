import { useMemo, type ReactNode } from 'react';

export interface ByteRange {
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

/** The bytes of a message as text, a segment on each line, with the places that were asked for marked. */
export function RawMessage({
  label,
  content,
  marked,
}: {
  readonly label: string;
  /** Base64. */
  readonly content: string;
  readonly marked: readonly ByteRange[];
}): ReactNode {
  const parts = useMemo(() => partsOf(bytesOf(content), marked), [content, marked]);
  return (
    <pre className="portal-raw" tabIndex={0} role="group" aria-label={label}>
      {parts.map(({ start, text, isMarked }) =>
        isMarked ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
      )}
    </pre>
  );
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

interface Part {
  readonly start: number;
  readonly text: string;
  readonly isMarked: boolean;
}

/** Cut at the edges of what is marked; marks that overlap become one. */
function partsOf(bytes: Uint8Array, marked: readonly ByteRange[]): Part[] {
  const edges = new Set([0, bytes.length, ...marked.flatMap(({ start, end }) => [start, end])]);
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= bytes.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, at) => ({
    start,
    text: textOf(bytes.subarray(start, cuts[at + 1])),
    isMarked: marked.some((range) => range.start <= start && start < range.end),
  }));
}

/** Legacy messages are Latin; whatever is not UTF-8 is shown so. HL7 v2 ends its segments with a carriage return. */
function textOf(bytes: Uint8Array): string {
  const read = (label: string, fatal: boolean): string => new TextDecoder(label, { fatal }).decode(bytes);
  try {
    return read('utf-8', true).replaceAll(/\r\n?/g, '\n');
  } catch {
    return read('windows-1252', false).replaceAll(/\r\n?/g, '\n');
  }
}
