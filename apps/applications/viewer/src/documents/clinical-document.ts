import { elementsOf, findAt, findWords, findXmlTree, type XmlNode } from './xml-tree.js';

/** Elements that a page makes of the words of a section: structure only, never an attribute, a link or an image. */
export type NarrativeTag =
  | 'p'
  | 'ul'
  | 'ol'
  | 'li'
  | 'table'
  | 'caption'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'th'
  | 'td'
  | 'strong'
  | 'sub'
  | 'sup'
  | 'br';

export type Narrative = string | { readonly tag: NarrativeTag; readonly contents: readonly Narrative[] };

export interface ClinicalSection {
  readonly title?: string;
  readonly contents: readonly Narrative[];
  readonly sections: readonly ClinicalSection[];
}

/** A CDA document (HL7 CDA release 2) for the eye: who wrote it, when, about whom, and what its sections say. */
export interface ClinicalDocument {
  readonly title?: string;
  readonly patient?: string;
  readonly author?: string;
  readonly custodian?: string;
  /** As FHIR writes it: a date, with the time when it is known. */
  readonly date?: string;
  readonly sections: readonly ClinicalSection[];
}

/** What is in the body: sections, or one file of another kind (`nonXMLBody`). */
export type ReadDocument =
  | { readonly kind: 'sections'; readonly document: ClinicalDocument }
  | { readonly kind: 'file'; readonly contentType: string; readonly content: Buffer };

/** Undefined for what is no CDA document that can be read. */
export function findClinicalDocument(text: string): ReadDocument | undefined {
  const root = findXmlTree(text);
  if (root?.name !== 'ClinicalDocument') return undefined;
  const other = findAt(root, 'component', 'nonXMLBody', 'text');
  if (other !== undefined) return fileOf(other);
  const body = findAt(root, 'component', 'structuredBody');
  const sections = elementsOf(body, 'component').flatMap((part) => elementsOf(part, 'section'));
  return { kind: 'sections', document: { ...headerOf(root), sections: sections.map(sectionOf) } };
}

function fileOf(node: XmlNode): ReadDocument {
  const words = node.contents.filter((child) => typeof child === 'string').join('');
  const isEncoded = node.attributes['representation'] === 'B64';
  return {
    kind: 'file',
    contentType: node.attributes['mediaType'] ?? 'text/plain',
    content: isEncoded ? Buffer.from(words.replace(/\s/g, ''), 'base64') : Buffer.from(words, 'utf8'),
  };
}

function headerOf(root: XmlNode): Omit<ClinicalDocument, 'sections'> {
  const author = findAt(root, 'author', 'assignedAuthor');
  const header = {
    title: findWords(findAt(root, 'title')) ?? findAt(root, 'code')?.attributes['displayName'],
    patient: findWords(findAt(root, 'recordTarget', 'patientRole', 'patient', 'name')),
    author:
      findWords(findAt(author, 'assignedPerson', 'name')) ??
      findWords(findAt(author, 'representedOrganization', 'name')),
    custodian: findWords(
      findAt(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name'),
    ),
    date: findDate(findAt(root, 'effectiveTime')?.attributes['value']),
  };
  return Object.fromEntries(Object.entries(header).filter(([, value]) => value !== undefined));
}

/** `YYYYMMDD[hhmm[ss]][±zzzz]` (HL7 v3 TS) as FHIR has it; a time without zone is left out: it could be any. */
function findDate(value: string | undefined): string | undefined {
  const [, year, month, day, hour, minute, zone] =
    /^(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(?:\d\d(?:\.\d+)?)?)?([+-]\d{4})?$/.exec(value ?? '') ?? [];
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (date === '') return undefined;
  if (hour === undefined || minute === undefined || zone === undefined) return date;
  return `${date}T${hour}:${minute}:00${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function sectionOf(section: XmlNode): ClinicalSection {
  const title = findWords(findAt(section, 'title')) ?? findAt(section, 'code')?.attributes['displayName'];
  const inner = elementsOf(section, 'component').flatMap((part) => elementsOf(part, 'section'));
  return {
    ...(title === undefined ? {} : { title }),
    contents: contentsOf(findAt(section, 'text')),
    sections: inner.map(sectionOf),
  };
}

/** Elements of the narrative block (CDA release 2, StrucDoc.Text). What is not here keeps its words. */
const tags: Readonly<Record<string, NarrativeTag>> = {
  paragraph: 'p',
  list: 'ul',
  item: 'li',
  table: 'table',
  caption: 'caption',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
  sub: 'sub',
  sup: 'sup',
  br: 'br',
};
/** White space between the parts of these is no content of theirs. */
const withoutText: ReadonlySet<string> = new Set(['table', 'thead', 'tbody', 'tr', 'ul', 'ol']);

function contentsOf(node: XmlNode | undefined): Narrative[] {
  return (node?.contents ?? []).flatMap((child): Narrative[] =>
    typeof child === 'string' ? (child.trim() === '' ? [' '] : [child]) : narrativeOf(child, node),
  );
}

function narrativeOf(node: XmlNode, parent: XmlNode | undefined): Narrative[] {
  const tag = tagOf(node, parent);
  const contents = contentsOf(node);
  if (tag === undefined) return contents;
  if (tag === 'br') return [{ tag, contents: [] }];
  const isEmpty = contents.every((child) => typeof child === 'string' && child.trim() === '');
  if (isEmpty && tag !== 'td' && tag !== 'th') return [];
  return [
    {
      tag,
      contents: withoutText.has(tag) ? contents.filter((child) => typeof child !== 'string') : contents,
    },
  ];
}

function tagOf(node: XmlNode, parent: XmlNode | undefined): NarrativeTag | undefined {
  if (node.name === 'list' && node.attributes['listType'] === 'ordered') return 'ol';
  // Only a table has a caption in HTML; elsewhere it is a heading of what follows.
  if (node.name === 'caption' && parent?.name !== 'table') return 'strong';
  return Object.hasOwn(tags, node.name) ? tags[node.name] : undefined;
}
