import { childrenOf, findElement, wordsOf } from '@samenhang/xml';
import { normaliseEntries } from '../fhir/normalise-fhir.js';
import type { Draft } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { uuidV5 } from '../resource-id.js';
import { rejection } from '../source-message.js';
import { CdaDocument, type CdaSection } from './cda-document.js';
import { conceptOf, identifiersOf, momentOf } from './data-types.js';
import {
  organizationOf,
  patientReference,
  patientUrl,
  readPatient,
  readPersons,
  type NamedDraft,
} from './header.js';
import { xhtmlOf } from './narrative.js';
import { readEntry } from './read-entry.js';
import { Statement } from './statement.js';
import { parseDocument } from './parse-document.js';

/**
 * A CDA document of the BgZ (other documents by the same sections as far as they go) to resources, from there as any FHIR
 * R4. The narrative of each section stays, in a Composition that refers to what was made of its entries.
 *
 * @throws MessageRejected
 */
export function normaliseCda(content: Buffer, mapping: MessageMapping): void {
  const root = parseDocument(content);
  if (root.name !== 'ClinicalDocument')
    throw rejection(
      'not-a-document',
      '$this',
      'The content is not a CDA document: its root is no ClinicalDocument',
    );
  const document = new CdaDocument(root, mapping);
  const patient = readPatient(document);
  const { contacts, practitioners } = readPersons(document);
  const [gp] = practitioners;
  if (gp !== undefined) patient.generalPractitioner = [{ reference: gp.fullUrl }];
  const names = new Names(patientKey(patient), mapping);
  const entries: Entry[] = [{ fullUrl: patientUrl, resource: patient, location: 'recordTarget' }];
  for (const contact of contacts) entries.push({ resource: names.give(contact), location: 'participant' });
  entries.push(
    ...practitioners.map((one) => ({ ...one, resource: names.give(one.resource), location: 'participant' })),
  );
  const sections = document.sections.map((section) =>
    readSection(section, document, names, mapping, entries),
  );
  entries.push(...compositionOf(document, sections, names));
  normaliseEntries(
    entries.map((entry) => ({ fullUrl: undefined, deletes: undefined, ...entry })),
    mapping,
  );
}

interface Entry {
  readonly fullUrl?: string;
  readonly resource: Draft;
  /** Where in the document it stands. */
  readonly location: string;
}

function patientKey({ identifier }: Draft): string {
  const [first] = identifier ?? [];
  return `${first?.system ?? ''}|${first?.value ?? ''}`;
}

/**
 * Ids at the source. An id of a document that only one statement has names that statement in the next document too; what
 * has none, or shares it, is named by what it is about.
 */
class Names {
  readonly #given = new Map<string, number>();

  constructor(
    private readonly patient: string,
    private readonly mapping: MessageMapping,
  ) {}

  give(draft: Draft): Draft {
    const [identifier] = draft.identifier ?? [];
    const own = identifier === undefined ? undefined : `${identifier.system ?? ''}|${identifier.value ?? ''}`;
    const stem = JSON.stringify([
      this.mapping.message.sourceId,
      this.patient,
      draft.resourceType,
      own ?? subjectOf(draft),
    ]);
    const count = (this.#given.get(stem) ?? 0) + 1;
    this.#given.set(stem, count);
    return { ...draft, id: uuidV5(count === 1 ? stem : `${stem}#${count}`) };
  }
}

function subjectOf(draft: Draft): unknown {
  const { code, vaccineCode, medicationCodeableConcept, effectiveDateTime, name, onsetDateTime, period } =
    draft;
  const { recommendation, oralDiet, whenHandedOver } = draft;
  return [
    ...[code, vaccineCode, medicationCodeableConcept, effectiveDateTime, name, onsetDateTime, period],
    ...[recommendation, oralDiet, whenHandedOver].filter((one) => one !== undefined),
  ];
}

interface SectionOutcome {
  readonly section: CdaSection;
  readonly references: readonly { reference: string; type: string }[];
}

function readSection(
  section: CdaSection,
  document: CdaDocument,
  names: Names,
  mapping: MessageMapping,
  entries: Entry[],
): SectionOutcome {
  const references = section.entries.flatMap((element, index) => {
    const location = `section[${section.code}].entry[${index}]`;
    const key = `${section.code}-${index}`;
    const drafts = readEntry(section.code, new Statement(element, document, key));
    mapping.observe({
      kind: 'element',
      messageType: 'cda',
      path: `section[${section.code}].${element.name}`,
      used: drafts.facts.length > 0,
    });
    for (const { severity, code, place, text } of drafts.problems) {
      mapping.report(severity, code, `${location}${place}`, text);
      const path = `section[${section.code}].${element.name}${place.replaceAll(/\[\d+\]/g, '')}`;
      if (place !== '') mapping.observe({ kind: 'element', messageType: 'cda', path, used: false });
    }
    entries.push(
      ...drafts.others.map((one: NamedDraft) => ({ ...one, resource: names.give(one.resource), location })),
    );
    return drafts.facts.map((fact) => {
      const resource = names.give(fact);
      entries.push({ resource, location });
      return { reference: `${resource.resourceType}/${resource.id ?? ''}`, type: resource.resourceType };
    });
  });
  return { section, references };
}

/** The document as its author wrote it: title, sections, words. */
function compositionOf(document: CdaDocument, outcomes: readonly SectionOutcome[], names: Names): Entry[] {
  const { root, context } = document;
  const date = momentOf(findElement(root, 'effectiveTime'), context);
  const type = conceptOf(findElement(root, 'code'), context);
  const sections = outcomes.flatMap(({ section, references }) => {
    const div = xhtmlOf(section.narrative);
    if (div === undefined && references.length === 0) return [];
    return [
      {
        ...(section.title === undefined ? {} : { title: section.title }),
        ...(section.concept === undefined ? {} : { code: section.concept }),
        ...(div === undefined ? {} : { text: { status: 'additional', div } }),
        ...(references.length === 0 ? {} : { entry: references }),
      },
    ];
  });
  if (date === undefined || type === undefined || sections.length === 0) return [];
  const author = findElement(root, 'author', 'assignedAuthor');
  const organisation = organizationOf(
    findElement(author, 'representedOrganization'),
    'urn:cda:author',
    context,
  );
  const [identifier] = identifiersOf(
    childrenOf(root, 'setId').concat(childrenOf(root, 'id')),
    context.tables,
  );
  const composition: Draft = {
    resourceType: 'Composition',
    id: uuidV5(JSON.stringify(['Composition', identifier ?? date])),
    status: 'final',
    type,
    subject: patientReference,
    date,
    author: [
      organisation[0] === undefined ? { display: 'Onbekend' } : { reference: organisation[0].fullUrl },
    ],
    title: wordsOf(findElement(root, 'title')) ?? 'Document',
    section: sections,
  };
  return [
    { resource: composition, location: 'ClinicalDocument' },
    ...organisation.map((one) => ({ ...one, resource: names.give(one.resource), location: 'author' })),
  ];
}
