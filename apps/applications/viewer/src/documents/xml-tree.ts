import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element of an XML document: its name without prefix, and what is in it in order. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly contents: readonly (XmlNode | string)[];
}

const MOST_DEPTH = 60;
const TEXT = '#text';
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: TEXT,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** Undefined for what is no well-formed XML, has a document type (and with it entities), or is nested without measure. */
export function findXmlTree(text: string): XmlNode | undefined {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return undefined;
  try {
    if (XMLValidator.validate(text) !== true) return undefined;
    const nodes = parser.parse(text) as Parsed[];
    const root = nodes.find((node) => nameOf(node) !== TEXT);
    return root === undefined ? undefined : toNode(root, 0);
  } catch {
    return undefined;
  }
}

type Parsed = Readonly<Record<string, unknown>>;

function toNode(parsed: Parsed, depth: number): XmlNode {
  if (depth > MOST_DEPTH) throw new RangeError('The document is nested too deeply');
  const name = nameOf(parsed);
  const attributes = Object.entries((parsed[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>);
  return {
    name,
    attributes: Object.fromEntries(attributes.map(([key, value]) => [key, resolved(value)])),
    contents: ((parsed[name] ?? []) as readonly Parsed[]).map((child) => {
      const text = child[TEXT];
      return typeof text === 'string' ? resolved(text) : toNode(child, depth + 1);
    }),
  };
}

function nameOf(parsed: Parsed): string {
  return Object.keys(parsed).find((key) => key !== ATTRIBUTES) ?? TEXT;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and references to characters; there are no others without a document type. */
function resolved(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return named[name] ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

export function elementsOf(node: XmlNode | undefined, name?: string): XmlNode[] {
  return (node?.contents ?? []).filter(
    (child): child is XmlNode => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** The first element at a path of names. */
export function findAt(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((found, name) => elementsOf(found, name)[0], node);
}

/** All text in an element, white space folded; undefined when there is none. */
export function findWords(node: XmlNode | undefined): string | undefined {
  const words = textOf(node).replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words;
}

function textOf(node: XmlNode | undefined): string {
  return (node?.contents ?? [])
    .map((child) => (typeof child === 'string' ? child : ` ${textOf(child)} `))
    .join('');
}
