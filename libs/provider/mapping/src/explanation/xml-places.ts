import { splice, type EditableMessage, type SourcePlace, type Splice } from './source-place.js';

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([^\s/>]+)([^>]*?)(\/?)>|[^<]+/g;
const ATTRIBUTE = /(\s+)([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g;

/** Parts of a document that stand by themselves, beside the parts of its header. */
const UNITS = new Set(['section', 'text', 'entry']);

interface Found {
  readonly place: SourcePlace;
  /** What goes when the place is taken out: an attribute with its name, the text of an element. */
  readonly whole: { readonly start: number; readonly end: number };
}

interface Open {
  readonly path: string;
  readonly group: string;
  readonly children: Map<string, number>;
}

/**
 * The leaves of an XML document (attributes and texts), by the path to each. Reads what the mapping has found to be
 * well-formed, byte for byte: names and markup are ASCII in every character set that documents may have.
 */
export function readXmlPlaces(content: Buffer): EditableMessage {
  const octets = content.toString('latin1');
  const found: Found[] = [];
  const open: Open[] = [{ path: '', group: '', children: new Map() }];
  for (const token of octets.matchAll(TOKEN)) {
    const [whole, closing, name, attributes = '', empty] = token;
    const parent = open.at(-1);
    if (parent === undefined) break;
    if (name === undefined) {
      if (!whole.startsWith('<') && whole.trim() !== '') found.push(textPlace(token.index, whole, parent));
    } else if (closing === '/') open.pop();
    else {
      const element = enter(parent, name);
      found.push(...attributePlaces(token.index + 1 + name.length, attributes, element));
      if (empty !== '/') open.push(element);
    }
  }
  return {
    places: found.map(({ place }) => place),
    write: (edits) =>
      splice(
        content,
        [...edits].flatMap(([index, text]) => spliceOf(found[index], text)),
      ),
  };
}

function spliceOf(found: Found | undefined, text: string | undefined): Splice[] {
  if (found === undefined) return [];
  const range = text === undefined ? found.whole : (found.place.bytes ?? found.whole);
  return [{ ...range, text: Buffer.from(text ?? '', 'latin1') }];
}

function enter(parent: Open, name: string): Open {
  const local = name.slice(name.indexOf(':') + 1);
  const count = parent.children.get(local) ?? 0;
  parent.children.set(local, count + 1);
  const path = `${parent.path}/${local}[${String(count)}]`;
  const isPartOfRoot = parent.path !== '' && parent.path.lastIndexOf('/') === 0;
  const isUnit = isPartOfRoot || UNITS.has(local);
  return { path, group: isUnit ? path : parent.group, children: new Map() };
}

function textPlace(start: number, text: string, { path, group }: Open): Found {
  const bytes = { start, end: start + text.length };
  return { place: { path, group, text, bytes }, whole: bytes };
}

function attributePlaces(from: number, attributes: string, { path, group }: Open): Found[] {
  return [...attributes.matchAll(ATTRIBUTE)].flatMap((match) => {
    const [whole, , name = '', quoted = ''] = match;
    if (/^xmlns(?::|$)/.test(name)) return [];
    const start = from + match.index;
    const end = start + whole.length;
    const bytes = { start: end - quoted.length + 1, end: end - 1 };
    return [
      {
        place: { path: `${path}/@${name}`, group, text: quoted.slice(1, -1), bytes },
        whole: { start, end },
      },
    ];
  });
}
