const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE] = [34, 92, 44, 91, 93];
const [OPEN_OBJECT, CLOSE_OBJECT] = [123, 125];

/**
 * The items of a JSON list, each as it is written.
 * @throws SyntaxError for what is no list; that its items are JSON is not looked at
 */
export function jsonCells(list: string): string[] {
  const text = list.trim();
  if (text.charCodeAt(0) !== OPEN || text.charCodeAt(text.length - 1) !== CLOSE)
    throw new SyntaxError('No JSON list');
  const cells: string[] = [];
  let [start, depth] = [1, 0];
  for (let at = 1; at < text.length - 1; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE || code === CLOSE_OBJECT) depth -= 1;
    else if (code === COMMA && depth === 0) {
      cells.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start, -1).trim();
  if (last !== '' || cells.length > 0) cells.push(last);
  return cells;
}

/** Where its closing quote is. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  throw new SyntaxError('A string does not end');
}
