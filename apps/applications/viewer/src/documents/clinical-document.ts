import { childrenOf, findElement, parseXml, wordsOf, XmlError, type XmlElement } from '@samenhang/xml';

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
  const root = findRoot(text);
  if (root?.name !== 'ClinicalDocument') return undefined;
  const other = findElement(root, 'component', 'nonXMLBody', 'text');
  if (other !== undefined) return fileOf(other);
  const body = findElement(root, 'component', 'structuredBody');
  const sections = childrenOf(body, 'component').flatMap((part) => childrenOf(part, 'section'));
  return { kind: 'sections', document: { ...headerOf(root), sections: sections.map(sectionOf) } };
}

/** Undefined for what is no well-formed XML, has a document type, or is nested without measure. */
function findRoot(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

function fileOf(node: XmlElement): ReadDocument {
  const words = node.contents.filter((child) => typeof child === 'string').join('');
  const isEncoded = node.attributes['representation'] === 'B64';
  return {
    kind: 'file',
    contentType: node.attributes['mediaType'] ?? 'text/plain',
    content: isEncoded ? Buffer.from(words.replace(/\s/g, ''), 'base64') : Buffer.from(words, 'utf8'),
  };
}

function headerOf(root: XmlElement): Omit<ClinicalDocument, 'sections'> {
  const author = findElement(root, 'author', 'assignedAuthor');
  const header = {
    title: wordsOf(findElement(root, 'title')) ?? findElement(root, 'code')?.attributes['displayName'],
    patient: wordsOf(findElement(root, 'recordTarget', 'patientRole', 'patient', 'name')),
    author:
      wordsOf(findElement(author, 'assignedPerson', 'name')) ??
      wordsOf(findElement(author, 'representedOrganization', 'name')),
    custodian: wordsOf(
      findElement(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name'),
    ),
    date: findDate(findElement(root, 'effectiveTime')?.attributes['value']),
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

function sectionOf(section: XmlElement): ClinicalSection {
  const title =
    wordsOf(findElement(section, 'title')) ?? findElement(section, 'code')?.attributes['displayName'];
  const inner = childrenOf(section, 'component').flatMap((part) => childrenOf(part, 'section'));
  return {
    ...(title === undefined ? {} : { title }),
    contents: contentsOf(findElement(section, 'text')),
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

function contentsOf(node: XmlElement | undefined): Narrative[] {
  return (node?.contents ?? []).flatMap((child): Narrative[] =>
    typeof child === 'string' ? (child.trim() === '' ? [' '] : [child]) : narrativeOf(child, node),
  );
}

function narrativeOf(node: XmlElement, parent: XmlElement | undefined): Narrative[] {
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

function tagOf(node: XmlElement, parent: XmlElement | undefined): NarrativeTag | undefined {
  if (node.name === 'list' && node.attributes['listType'] === 'ordered') return 'ol';
  // Only a table has a caption in HTML; elsewhere it is a heading of what follows.
  if (node.name === 'caption' && parent?.name !== 'table') return 'strong';
  return Object.hasOwn(tags, node.name) ? tags[node.name] : undefined;
}
