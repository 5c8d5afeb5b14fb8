import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { findXmlDanger } from './xml-danger.js';
import type { XmlElement } from './xml-element.js';
import { XmlError } from './xml-error.js';

const CONTENT = '#text';
const ATTRIBUTES = ':@';
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const SCHEMA_INSTANCES = 'http://www.w3.org/2001/XMLSchema-instance';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: CONTENT,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

type Parsed = Readonly<Record<string, unknown>>;
type Prefixes = ReadonlyMap<string, string>;

/**
 * The root element. Only the five entities of XML itself and references to characters are known.
 *
 * @throws XmlError
 */
export function parseXml(text: string): XmlElement {
  const danger = findXmlDanger(text);
  if (danger !== undefined) throw danger;
  if (XMLValidator.validate(text) !== true) throw notWellFormed();
  const [root, ...others] = parse(text).filter((node) => nameOf(node) !== CONTENT);
  if (root === undefined || others.length > 0) throw notWellFormed();
  return toElement(root, new Map([['xml', XML_NAMESPACE]]));
}

/** The parser also refuses names of elements and attributes that no document has. */
function parse(text: string): readonly Parsed[] {
  try {
    return parser.parse(text) as Parsed[];
  } catch {
    throw notWellFormed();
  }
}

function notWellFormed(): XmlError {
  return new XmlError('it is not well-formed', 'not-well-formed');
}

function toElement(node: Parsed, inherited: Prefixes): XmlElement {
  const qualified = nameOf(node);
  const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>);
  const prefixes = declaredIn(attributes, inherited);
  const [prefix, name] = split(qualified);
  return {
    namespace: prefixes.get(prefix) ?? '',
    name,
    attributes: Object.fromEntries(
      attributes.flatMap(([key, value]) => {
        const name = findAttributeName(key, prefixes);
        return name === undefined ? [] : [[name, withCharacters(value)]];
      }),
    ),
    contents: ((node[qualified] ?? []) as readonly Parsed[]).map((child) => {
      const text = child[CONTENT];
      return typeof text === 'string' ? withCharacters(text) : toElement(child, prefixes);
    }),
  };
}

function declaredIn(attributes: readonly (readonly [string, string])[], inherited: Prefixes): Prefixes {
  const declared = attributes.flatMap(([key, uri]): [string, string][] => {
    const prefix = declaredPrefix(key);
    return prefix === undefined ? [] : [[prefix, withCharacters(uri)]];
  });
  return declared.length === 0 ? inherited : new Map([...inherited, ...declared]);
}

function findAttributeName(key: string, prefixes: Prefixes): string | undefined {
  const [prefix, name] = split(key);
  if (prefix === '') return name === 'xmlns' ? undefined : name;
  return (prefixes.get(prefix) ?? prefix) === SCHEMA_INSTANCES || key === 'xsi:type'
    ? `xsi:${name}`
    : undefined;
}

function declaredPrefix(attribute: string): string | undefined {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? attribute.slice('xmlns:'.length) : undefined;
}

function split(qualified: string): readonly [prefix: string, name: string] {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
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
