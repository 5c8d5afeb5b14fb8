import { parseExactJson } from '@samenhang/fhir-r4';
import { isObject } from './bundle-entries.js';
import { endOfValue, scanList, scanObject, skipSpace, UnevenText, type Span } from './json-scan.js';

/** Where an entry stands, the resource in it, and the entry itself where finding its end took parsing it. */
interface EntryText extends Span {
  readonly resource: Span | undefined;
  readonly parsed?: unknown;
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

/** An entry as nearly all writers begin it. */
const HEAD =
  /\{\s*(?:"fullUrl"\s*:\s*"[^"\\]*"\s*,\s*)?"resource"\s*:\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/y;
const NAMES = /\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"\s*,\s*"id"\s*:\s*"[^"\\]+"/y;

/**
 * Parses FHIR in JSON. Of a Bundle each entry is parsed on its own, and of resources that nobody reads only type and id:
 * claims are half of what some sources send, and all that is done with them is to count them.
 *
 * @throws SyntaxError
 */
export function parseFhir(text: string, isUnread: (resourceType: string) => boolean): unknown {
  try {
    return parseEntries(text, isUnread, true);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnevenText) return parseScanned(text, isUnread);
    throw error;
  }
}

/** By its brackets alone: the indentation of what nobody reads may mislead. */
function parseScanned(text: string, isUnread: (resourceType: string) => boolean): unknown {
  try {
    return parseEntries(text, isUnread, false);
  } catch (error) {
    if (error instanceof UnevenText) return parseExactJson(text);
    throw error;
  }
}

function parseEntries(
  text: string,
  isUnread: (resourceType: string) => boolean,
  isIndented: boolean,
): unknown {
  const list = findEntries(text, isUnread, isIndented);
  if (list === undefined) return parseExactJson(text);
  const bundle = parseExactJson(`${text.slice(0, list.start)}[]${text.slice(list.end)}`);
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle') return parseExactJson(text);
  bundle['entry'] = list.entries.map((entry, index) => parseEntry(text, entry, index, isUnread));
  return bundle;
}

function parseEntry(
  text: string,
  entry: EntryText,
  index: number,
  isUnread: (resourceType: string) => boolean,
): unknown {
  if (entry.parsed !== undefined) return entry.parsed;
  try {
    return parseExactJson(textToRead(text, entry, isUnread));
  } catch {
    throw new EntryNotJson(index);
  }
}

/**
 * The entries of a Bundle in its text; undefined when there is no one list of them.
 *
 * @throws UnevenText
 */
function findEntries(
  text: string,
  isUnread: (resourceType: string) => boolean,
  isIndented: boolean,
): EntriesText | undefined {
  const lists: EntriesText[] = [];
  let isPlain = true;
  let triesIndented = isIndented;
  scanObject(text, skipSpace(text, 0), (key, start) => {
    // A name with escapes may be this very one.
    if (key.includes('\\') || (key === 'entry' && lists.length > 0)) isPlain = false;
    if (key !== 'entry' || text[start] !== '[') return endOfValue(text, start);
    const entries: EntryText[] = [];
    const end = scanList(text, start, (position) => {
      const indented = triesIndented ? readIndented(text, position, isUnread) : undefined;
      triesIndented = indented !== undefined;
      const entry = indented ?? readEntry(text, position);
      entries.push(entry);
      return entry.end;
    });
    lists.push({ start, end, entries });
    return end;
  });
  return isPlain ? lists[0] : undefined;
}

/** Where brackets close that are indented as the line they open on: what all writers do that indent at all. */
function indentedEnd(text: string, start: number): number | undefined {
  const before = text.slice(Math.max(0, start - LONGEST_LINE), start);
  const line = before.lastIndexOf('\n');
  if (line === -1) return undefined;
  const [indent = ''] = /^[ \t]*/.exec(before.slice(line + 1)) ?? [];
  const closing = text.indexOf(`\n${indent}}`, start);
  return closing === -1 ? undefined : closing + indent.length + 2;
}

/** A line is no longer than this before the bracket of an entry or a resource. */
const LONGEST_LINE = 100;
/** The one type nobody reads that has resources in it. */
const WITH_RESOURCES = 'Parameters';

/**
 * An entry that ends where its first line is indented to. A guess, but what is parsed from a bracket on is a whole value only if
 * it ends at that very place. Undefined where it does not, and where an entry begins in another way.
 */
function readIndented(
  text: string,
  start: number,
  isUnread: (resourceType: string) => boolean,
): EntryText | undefined {
  HEAD.lastIndex = start;
  const type = HEAD.exec(text)?.[1];
  const end = type === undefined ? undefined : indentedEnd(text, start);
  if (type === undefined || end === undefined) return undefined;
  let span: EntryText = { start, end, resource: undefined };
  if (isUnread(type) && type !== WITH_RESOURCES) {
    const resource = text.lastIndexOf('{', HEAD.lastIndex - 1);
    const resourceEnd = indentedEnd(text, resource);
    if (resourceEnd === undefined || resourceEnd > end) return undefined;
    span = { ...span, resource: { start: resource, end: resourceEnd } };
  }
  try {
    return { ...span, parsed: parseExactJson(textToRead(text, span, isUnread)) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
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
