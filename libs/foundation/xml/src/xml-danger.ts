import { XmlError } from './xml-error.js';

const DEEPEST = 100;
const MOST_ELEMENTS = 500_000;

/**
 * What no document may hold, found in one pass before any parser sees it: a document type (external entities, entity
 * expansion), and nesting or a number of elements beyond all use.
 */
export function findXmlDanger(text: string): XmlError | undefined {
  let depth = 0;
  let elements = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const end = endOfMarkup(text, at);
    if (end === -1) return new XmlError('it is not well-formed', 'not-well-formed');
    if (text.startsWith('<!', at) && !text.startsWith('<!--', at) && !text.startsWith('<![CDATA[', at))
      return new XmlError('it has a document type declaration, which is not allowed', 'document-type');
    if (text[at + 1] === '/') depth--;
    else if (text[at + 1] !== '!' && text[at + 1] !== '?') {
      if (++elements > MOST_ELEMENTS)
        return new XmlError(`it has more than ${String(MOST_ELEMENTS)} elements`, 'too-many-elements');
      if (text[end - 1] !== '/' && ++depth > DEEPEST)
        return new XmlError(`it is nested deeper than ${String(DEEPEST)}`, 'too-deep');
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
