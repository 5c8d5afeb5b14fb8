import { childrenOf, type XmlElement } from '@samenhang/xml';

/** Elements of the narrative block of CDA (POCD_HD000040 StrucDoc) as XHTML has them; what is not here keeps its text. */
const names: Readonly<Record<string, string>> = {
  paragraph: 'p',
  content: 'span',
  br: 'br',
  list: 'ul',
  item: 'li',
  caption: 'b',
  sub: 'sub',
  sup: 'sup',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
};

/** The narrative of a section as FHIR's XHTML: structure and words, no attributes, links or images. */
export function xhtmlOf(narrative: XmlElement | undefined): string | undefined {
  if (narrative === undefined) return undefined;
  const inner = contentsOf(narrative);
  return /\S/.test(inner.replace(/<[^>]*>/g, ''))
    ? `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`
    : undefined;
}

function contentsOf(element: XmlElement): string {
  return element.contents
    .map((child) => (typeof child === 'string' ? escape(child) : elementOf(child)))
    .join('');
}

function elementOf(element: XmlElement): string {
  const name =
    element.name === 'list' && element.attributes['listType'] === 'ordered' ? 'ol' : names[element.name];
  if (name === 'br') return '<br/>';
  if (name === undefined) return contentsOf(element);
  // White space between the parts of a table or list is no content of theirs.
  const inner = /^(?:ul|ol|table|thead|tbody|tfoot|tr)$/.test(name)
    ? childrenOf(element).map(elementOf).join('')
    : contentsOf(element);
  return inner === '' && name !== 'td' && name !== 'th' ? '' : `<${name}>${inner}</${name}>`;
}

function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
