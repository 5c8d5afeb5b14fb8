const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [
  34, 92, 44, 58, 123, 125, 91, 93,
];

/**
 * Looks up members of a JSON object without reading the rest: what is not asked for is passed over, and a number stays as it is
 * written. Of a member that is there twice the last one counts, as in PostgreSQL; a name that is written with escapes is not
 * found.
 * @param from where the object begins; it may be followed by other text
 * @returns where it ends
 * @throws SyntaxError for what is no object
 */
export function visitMembers(
  text: string,
  isWanted: (name: string) => boolean,
  visit: (name: string, value: string) => void,
  from = 0,
): number {
  let at = passSpace(text, from);
  if (text.charCodeAt(at) !== OPEN) throw new SyntaxError('No JSON object');
  at = passSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE) return at + 1;
  for (;;) {
    const nameEnd = passString(text, at);
    const name = text.slice(at + 1, nameEnd - 1);
    at = passSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) throw new SyntaxError('A member without a value');
    const start = passSpace(text, at + 1);
    const end = passValue(text, start);
    if (isWanted(name)) visit(name, text.slice(start, end));
    at = passSpace(text, end);
    const separator = text.charCodeAt(at);
    if (separator === CLOSE) return at + 1;
    if (separator !== COMMA) throw new SyntaxError('Members are not separated');
    at = passSpace(text, at + 1);
  }
}

function passSpace(text: string, from: number): number {
  let at = from;
  if (text.charCodeAt(at) > 32) return at;
  // Space, tab, line feed and carriage return are the only characters up to the space that stand between tokens.
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

function passString(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) throw new SyntaxError('No JSON string');
  for (let at = start + 1; ;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new SyntaxError('A string does not end');
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function passValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return passString(text, start);
  return first === OPEN || first === OPEN_LIST ? passNested(text, start) : passScalar(text, start);
}

function passNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = passString(text, at) - 1;
    else if (code === OPEN || code === OPEN_LIST) depth++;
    else if ((code === CLOSE || code === CLOSE_LIST) && --depth === 0) return at + 1;
  }
  throw new SyntaxError('A value does not end');
}

function passScalar(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE || code === CLOSE_LIST || code <= 32) break;
  }
  if (at === start || at === text.length) throw new SyntaxError('A value is missing');
  return at;
}
