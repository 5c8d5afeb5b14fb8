import { parseExactJson } from '@samenhang/fhir-r4';
import { isObject } from './bundle-entries.js';
import { endOfValue, scanList, scanObject, skipSpace, UnevenText, type Span } from './json-scan.js';

/** Where an entry stands, and the resource in it. */
interface EntryText extends Span {
  readonly resource: Span | undefined;
}

interface EntriesText extends Span {
  readonly entries: readonly EntryText[];
}

/** An entry of a Bundle that is not JSON. */
export class EntryNotJson extends SyntaxError {
  constructor(readonly index: number) {
    super('An entry of the Bundle is not JSON');
  }
}

const NAMES = /\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"\s*,\s*"id"\s*:\s*"[^"\\]+"/y;

/**
 * Parses FHIR in JSON. Of a Bundle each entry is parsed on its own, and of resources that nobody reads only type and id:
 * claims are half of what some sources send, and all that is done with them is to count them.
 *
 * @throws SyntaxError
 */
export function parseFhir(text: string, isUnread: (resourceType: string) => boolean): unknown {
  const list = findEntries(text);
  if (list === undefined) return parseExactJson(text);
  const bundle = parseExactJson(`${text.slice(0, list.start)}[]${text.slice(list.end)}`);
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle') return parseExactJson(text);
  bundle['entry'] = list.entries.map((entry, index) => {
    try {
      return parseExactJson(textToRead(text, entry, isUnread));
    } catch {
      throw new EntryNotJson(index);
    }
  });
  return bundle;
}

/** The entries of a Bundle in its text; undefined when there is no one list of them, or the text is uneven. */
function findEntries(text: string): EntriesText | undefined {
  const lists: EntriesText[] = [];
  let isPlain = true;
  try {
    scanObject(text, skipSpace(text, 0), (key, start) => {
      // A name with escapes may be this very one.
      if (key.includes('\\') || (key === 'entry' && lists.length > 0)) isPlain = false;
      if (key !== 'entry' || text[start] !== '[') return endOfValue(text, start);
      const entries: EntryText[] = [];
      const end = scanList(text, start, (position) => {
        const entry = readEntry(text, position);
        entries.push(entry);
        return entry.end;
      });
      lists.push({ start, end, entries });
      return end;
    });
  } catch (error) {
    if (error instanceof UnevenText) return undefined;
    throw error;
  }
  return isPlain ? lists[0] : undefined;
}

function readEntry(text: string, start: number): EntryText {
  let resource: Span | undefined;
  if (text[start] !== '{') return { start, end: endOfValue(text, start), resource };
  const end = scanObject(text, start, (key, position) => {
    const span = { start: position, end: endOfValue(text, position) };
    if (key === 'resource') resource = span;
    return span.end;
  });
  return { start, end, resource };
}

/** Of a resource that nobody reads, only its names. */
function textToRead(
  text: string,
  { start, end, resource }: EntryText,
  isUnread: (resourceType: string) => boolean,
): string {
  if (resource === undefined) return text.slice(start, end);
  NAMES.lastIndex = resource.start;
  const [names, type] = NAMES.exec(text) ?? [];
  if (names === undefined || type === undefined || !isUnread(type)) return text.slice(start, end);
  return `${text.slice(start, resource.start)}${names}}${text.slice(resource.end, end)}`;
}
