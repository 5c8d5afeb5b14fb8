import { childrenOf, elementsWithin, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import type { CodeableConcept } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { conceptOf, type CdaContext } from './data-types.js';

export interface CdaSection {
  readonly code: string;
  readonly title: string | undefined;
  readonly concept: CodeableConcept | undefined;
  readonly narrative: XmlElement | undefined;
  /** Clinical statements, one for each entry. */
  readonly entries: readonly XmlElement[];
}

/** A document taken apart: its header and its sections, with the words that entries refer to. */
export class CdaDocument {
  readonly context: CdaContext;
  readonly sections: readonly CdaSection[];
  readonly #words = new Map<string, string>();

  constructor(
    readonly root: XmlElement,
    mapping: MessageMapping,
  ) {
    this.context = {
      tables: mapping.tables,
      timeZone: mapping.settings.timeZone,
      wordsOf: (reference) => this.#words.get(reference.replace(/^#/, '')),
    };
    const body = findElement(root, 'component', 'structuredBody');
    const sections = body === undefined ? [] : elementsWithin(body, ({ name }) => name === 'section');
    for (const section of sections) this.#keepWords(findElement(section, 'text'));
    this.sections = sections.map((section) => ({
      code: findElement(section, 'code')?.attributes['code'] ?? '',
      title: wordsOf(findElement(section, 'title')),
      concept: conceptOf(findElement(section, 'code'), this.context),
      narrative: findElement(section, 'text'),
      entries: childrenOf(section, 'entry').flatMap((entry) => childrenOf(entry).filter(isStatement)),
    }));
  }

  #keepWords(narrative: XmlElement | undefined): void {
    if (narrative === undefined) return;
    for (const element of elementsWithin(narrative, ({ attributes }) => attributes['ID'] !== undefined)) {
      const words = wordsOf(element);
      if (words !== undefined) this.#words.set(element.attributes['ID'] ?? '', words);
    }
  }
}

const statements: ReadonlySet<string> = new Set([
  'act',
  'encounter',
  'observation',
  'organizer',
  'procedure',
  'substanceAdministration',
  'supply',
]);

export function isStatement({ name }: XmlElement): boolean {
  return statements.has(name);
}

interface StatementLink {
  /** Name and number of the element that links them: `component[1]`. */
  readonly place: string;
  readonly statements: readonly XmlElement[];
}

/** What links a statement to its parts: of an organizer, or related to an entry. */
export function linksOf(statement: XmlElement): StatementLink[] {
  return ['component', 'entryRelationship'].flatMap((name) =>
    childrenOf(statement, name).map((link, index) => ({
      place: `${name}[${String(index)}]`,
      statements: childrenOf(link).filter(isStatement),
    })),
  );
}

/** Statements that one has as its parts, in their order. */
export function partsOf(statement: XmlElement): XmlElement[] {
  return childrenOf(statement)
    .filter(({ name }) => name === 'component' || name === 'entryRelationship')
    .flatMap((link) => childrenOf(link).filter(isStatement));
}

/** A statement and all within it, outermost first. */
export function statementsWithin(statement: XmlElement): XmlElement[] {
  return [statement, ...partsOf(statement).flatMap(statementsWithin)];
}

export function codeOf(statement: XmlElement | undefined): string | undefined {
  return findElement(statement, 'code')?.attributes['code'];
}
