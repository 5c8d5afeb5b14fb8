import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element with its namespace resolved: prefixes are the sender's choice and mean nothing by themselves. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** Attributes without a namespace, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** The text is not a document that can be read. Never quotes the document. */
export class XmlError extends Error {
  constructor(rule: string, options?: ErrorOptions) {
    super(`The XML cannot be read: ${rule}`, options);
    this.name = 'XmlError';
  }
}

const MAXIMUM_DEPTH = 32;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const TEXT = '#text';
const ATTRIBUTES = ':@';
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
});

type Node = Record<string, unknown>;
type Prefixes = ReadonlyMap<string, string>;

/** @throws XmlError when not well-formed, or when it has a DOCTYPE: no message needs one, and entities can be an attack */
export function parseXml(text: string): XmlElement {
  if (/<!DOCTYPE/i.test(text)) throw new XmlError('a document type is not accepted');
  if (XMLValidator.validate(text) !== true) throw new XmlError('it is not well-formed');
  const roots = (parser.parse(text) as Node[]).filter((node) => nameOf(node) !== undefined);
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new XmlError('it must have one root element');
  return toElement(root, new Map([['xml', XML_NAMESPACE]]), 0);
}

/** Children with this name; the namespace is that of the parent unless given. */
export function childrenOf(
  parent: XmlElement,
  name: string,
  namespace = parent.namespace,
): readonly XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === namespace);
}

/** @throws XmlError unless there is exactly one */
export function onlyChild(parent: XmlElement, name: string, namespace = parent.namespace): XmlElement {
  const found = childrenOf(parent, name, namespace);
  const [child] = found;
  if (child === undefined || found.length !== 1) throw new XmlError(`${parent.name} must have one ${name}`);
  return child;
}

function toElement(node: Node, inherited: Prefixes, depth: number): XmlElement {
  if (depth > MAXIMUM_DEPTH) throw new XmlError('it is nested too deeply');
  const qualified = nameOf(node) ?? '';
  const rawAttributes = (node[ATTRIBUTES] ?? {}) as Record<string, string>;
  const prefixes = declaredPrefixes(rawAttributes, inherited);
  const [prefix, name] = split(qualified);
  const namespace = prefixes.get(prefix) ?? '';
  if (prefix !== '' && namespace === '') throw new XmlError('a prefix is not declared');
  const content = node[qualified] as Node[];
  return {
    namespace,
    name,
    attributes: Object.fromEntries(
      Object.entries(rawAttributes).filter(([key]) => !key.includes(':') && key !== 'xmlns'),
    ),
    children: content
      .filter((child) => nameOf(child) !== undefined)
      .map((child) => toElement(child, prefixes, depth + 1)),
    text: content.map((child) => (TEXT in child ? String(child[TEXT]) : '')).join(''),
  };
}

function declaredPrefixes(attributes: Record<string, string>, inherited: Prefixes): Prefixes {
  const declarations = Object.entries(attributes).filter(
    ([key]) => key === 'xmlns' || key.startsWith('xmlns:'),
  );
  if (declarations.length === 0) return inherited;
  return new Map([
    ...inherited,
    ...declarations.map(([key, uri]): [string, string] => [key === 'xmlns' ? '' : key.slice(6), uri]),
  ]);
}

function nameOf(node: Node): string | undefined {
  return Object.keys(node).find((key) => key !== TEXT && key !== ATTRIBUTES);
}

function split(qualified: string): [string, string] {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}

/** Text for use inside an element or a double-quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
