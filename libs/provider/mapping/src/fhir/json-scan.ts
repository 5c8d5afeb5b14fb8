/** Where the parts of a JSON text begin and end, found without parsing them: strings and brackets are all that is looked at. */
export interface Span {
  readonly start: number;
  /** The first position after it. */
  readonly end: number;
}

/** Thrown at what is no JSON, or cut off: a parser says better what is wrong. */
export class UnevenText extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

export function skipSpace(text: string, start: number): number {
  let position = start;
  for (;;) {
    const code = text.charCodeAt(position);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return position;
    position += 1;
  }
}

/** @param member is told each member and gives where its value ends @returns where the object ends */
export function scanObject(
  text: string,
  start: number,
  member: (key: string, start: number) => number,
): number {
  if (text.charCodeAt(start) !== OBJECT) throw new UnevenText();
  return scanParts(text, start, OBJECT_END, (position) => {
    const end = endOfString(text, position);
    const colon = skipSpace(text, end);
    if (text.charCodeAt(colon) !== COLON) throw new UnevenText();
    return member(text.slice(position + 1, end - 1), skipSpace(text, colon + 1));
  });
}

/** @param item is told where each item begins and gives where it ends @returns where the list ends */
export function scanList(text: string, start: number, item: (start: number) => number): number {
  if (text.charCodeAt(start) !== LIST) throw new UnevenText();
  return scanParts(text, start, LIST_END, item);
}

function scanParts(text: string, start: number, close: number, part: (start: number) => number): number {
  let position = skipSpace(text, start + 1);
  if (text.charCodeAt(position) === close) return position + 1;
  for (;;) {
    position = skipSpace(text, part(position));
    const code = text.charCodeAt(position);
    if (code === close) return position + 1;
    if (code !== COMMA) throw new UnevenText();
    position = skipSpace(text, position + 1);
  }
}

export function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first !== OBJECT && first !== LIST) return endOfWord(text, start);
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) position = endOfString(text, position) - 1;
    else if (code === OBJECT || code === LIST) depth += 1;
    else if (code === OBJECT_END || code === LIST_END) {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  throw new UnevenText();
}

function endOfString(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) throw new UnevenText();
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1))
    if (!isEscaped(text, end)) return end + 1;
  throw new UnevenText();
}

function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (position - first) % 2 === 1;
}

/** A number, `true`, `false` or `null`. */
function endOfWord(text: string, start: number): number {
  let position = start;
  while (/[\w.+-]/.test(text.charAt(position))) position += 1;
  if (position === start) throw new UnevenText();
  return position;
}
