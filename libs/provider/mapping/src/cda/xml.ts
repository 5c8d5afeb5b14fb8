import { isUtf8 } from 'node:buffer';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { rejection } from '../source-message.js';

/** An element of an XML document: names without prefix, contents in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly contents: readonly (XmlElement | string)[];
}

const MOST_BYTES = 20_000_000;
const MOST_DEPTH = 100;
const CONTENT = '#text';
const ATTRIBUTES = ':@';

type Parsed = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: CONTENT,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * The root element of a document. Document types are refused: with them would come entities, and with those the reading of
 * other files and texts without end. Only the five entities of XML itself and character references are known.
 *
 * @throws MessageRejected
 */
export function parseXml(content: Buffer): XmlElement {
  if (content.length > MOST_BYTES) throw rejection('too-large', '$this', 'The document is larger than 20 MB');
  const text = decode(content);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw rejection(
      'document-type',
      '$this',
      'The document has a document type; such documents are not read',
    );
  if (XMLValidator.validate(text) !== true)
    throw rejection('not-xml', '$this', 'The content is not well-formed XML');
  const roots = parse(text).filter((node) => nameOf(node) !== CONTENT);
  const [root] = roots;
  if (root === undefined) throw rejection('not-xml', '$this', 'The content is not well-formed XML');
  return toElement(root, 0);
}

/** The parser refuses what is nested without measure, and names of elements and attributes that no document has. */
function parse(text: string): readonly Parsed[] {
  try {
    return parser.parse(text) as Parsed[];
  } catch {
    throw rejection('not-xml', '$this', 'The content is nested too deeply or not well-formed XML');
  }
}

function decode(content: Buffer): string {
  const head = content.subarray(0, 200).toString('latin1');
  const declared = /<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  if (/^(?:iso-8859-1|windows-1252|us-ascii)$/.test(declared))
    return new TextDecoder('windows-1252').decode(content);
  if (!/^utf-?8$/.test(declared) || !isUtf8(content))
    throw rejection(
      'unknown-charset',
      '$this',
      'The document is not in UTF-8 or Latin-1, as it says or must say',
    );
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

function toElement(node: Parsed, depth: number): XmlElement {
  if (depth > MOST_DEPTH) throw rejection('too-deep', '$this', 'The document is nested too deeply');
  const name = nameOf(node);
  const children = (node[name] ?? []) as readonly Parsed[];
  const attributes = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  return {
    name,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, withCharacters(value)]),
    ),
    contents: children.map((child) => {
      const text = child[CONTENT];
      return typeof text === 'string' ? withCharacters(text) : toElement(child, depth + 1);
    }),
  };
}

function nameOf(node: Parsed): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? CONTENT;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function withCharacters(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hexadecimal, decimal, name) => {
    if (typeof name === 'string') return entities[name] ?? whole;
    const code = typeof hexadecimal === 'string' ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  return (element?.contents ?? []).filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** The first element at a path of names. */
export function findElement(
  element: XmlElement | undefined,
  ...path: readonly string[]
): XmlElement | undefined {
  let found = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
}

/** Text of an element and all in it, white space folded. */
export function wordsOf(element: XmlElement | undefined): string | undefined {
  const words = rawText(element).replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words;
}

function rawText(element: XmlElement | undefined): string {
  return (element?.contents ?? [])
    .map((child) => (typeof child === 'string' ? child : ` ${rawText(child)} `))
    .join('');
}

/** Every element under one, itself first, that fits. */
export function elementsWithin(element: XmlElement, fits: (element: XmlElement) => boolean): XmlElement[] {
  const inner = childrenOf(element).flatMap((child) => elementsWithin(child, fits));
  return fits(element) ? [element, ...inner] : inner;
}
