const DEEPEST = 100;
const MOST_ELEMENTS = 500_000;

/** Encodings that documents may state; without a statement XML is UTF-8, or what its byte order mark says. */
export function decodeXml(content: Buffer): string | undefined {
  const beginning = content.subarray(0, 200).toString('latin1');
  const stated = /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(
    beginning,
  )?.[1];
  const encoding = byteOrderMark(content) ?? stated ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function byteOrderMark(content: Buffer): string | undefined {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le';
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be';
  return undefined;
}

/**
 * What no document may hold, found in one pass before any parser sees it: a document type (external entities, entity
 * expansion), and nesting or a number of elements beyond all use.
 */
export function findXmlDanger(text: string): string | undefined {
  let depth = 0;
  let elements = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const end = endOfMarkup(text, at);
    if (end === -1) return 'The document is not well-formed XML';
    if (text.startsWith('<!', at) && !text.startsWith('<!--', at) && !text.startsWith('<![CDATA[', at))
      return 'The document has a document type declaration, which is not allowed';
    if (text[at + 1] === '/') depth--;
    else if (text[at + 1] !== '!' && text[at + 1] !== '?') {
      if (++elements > MOST_ELEMENTS) return `The document has more than ${String(MOST_ELEMENTS)} elements`;
      if (text[end - 1] !== '/' && ++depth > DEEPEST)
        return `The document is nested deeper than ${String(DEEPEST)}`;
    }
    at = end;
  }
  return undefined;
}

/** Index of the last character of the markup that begins at `at`, or -1. A `>` may stand within an attribute's quotes. */
function endOfMarkup(text: string, at: number): number {
  if (text.startsWith('<!--', at)) return endAfter(text, '-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) return endAfter(text, ']]>', at + 9);
  if (text.startsWith('<?', at)) return endAfter(text, '?>', at + 2);
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index];
    if (character === '>') return index;
    if (character !== '"' && character !== "'") continue;
    index = text.indexOf(character, index + 1);
    if (index === -1) return -1;
  }
  return -1;
}

function endAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length - 1;
}
