import { childrenOf, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import type { Annotation, CodeableConcept, Draft, Identifier, Period } from '../fhir-types.js';
import { codeOf, partsOf, statementsWithin, type CdaDocument } from './cda-document.js';
import { conceptOf, identifiersOf, momentOf, periodOf, quantityOf, wordsOfElement } from './data-types.js';
import { patientReference, professionalsOf, type NamedDraft } from './header.js';

/** What an entry becomes: a fact and what it refers to. */
export interface EntryDrafts {
  readonly facts: readonly Draft[];
  readonly others: readonly NamedDraft[];
}

const comment = '48767-8';

/** One clinical statement of a document, read into the elements that most resources share. */
export class Statement {
  constructor(
    readonly element: XmlElement,
    readonly document: CdaDocument,
    /** Names the entry in the document, for what it alone has. */
    readonly key: string,
    /** Statements of the entry that facts were made of. */
    readonly taken: Set<XmlElement> = new Set(),
  ) {}

  get mood(): string {
    return this.element.attributes['moodCode'] ?? 'EVN';
  }

  /** The document says that it is not so. */
  get isNegated(): boolean {
    return isNegated(this.element);
  }

  /** The document takes back that it was ever said. */
  get isNullified(): boolean {
    return this.status === 'nullified';
  }

  get status(): string | undefined {
    return findElement(this.element, 'statusCode')?.attributes['code'];
  }

  concept(name: string): CodeableConcept | undefined {
    return conceptOf(findElement(this.element, name), this.document.context);
  }

  /** The value of the first part, at any depth, with one of the codes. */
  valueOfPart(...codes: readonly string[]): CodeableConcept | undefined {
    const part = this.part(...codes);
    return part === undefined ? undefined : conceptOf(findElement(part, 'value'), this.document.context);
  }

  part(...codes: readonly string[]): XmlElement | undefined {
    return statementsWithin(this.element)
      .slice(1)
      .find((one) => codes.includes(codeOf(one) ?? ''));
  }

  get moment(): string | undefined {
    const time = findElement(this.element, 'effectiveTime');
    const { context } = this.document;
    return momentOf(time, context) ?? momentOf(findElement(time, 'center'), context);
  }

  get period(): Period | undefined {
    const times = childrenOf(this.element, 'effectiveTime');
    const interval = times.find(
      (time) => findElement(time, 'low') !== undefined || findElement(time, 'high') !== undefined,
    );
    return periodOf(interval ?? times[0], this.document.context);
  }

  get identifiers(): Identifier[] {
    return identifiersOf(childrenOf(this.element, 'id'), this.document.context.tables);
  }

  get notes(): Annotation[] {
    return partsOf(this.element)
      .filter((part) => codeOf(part) === comment)
      .flatMap((part) => {
        const text = wordsOfElement(findElement(part, 'text'), this.document.context);
        return text === undefined ? [] : [{ text }];
      });
  }

  /** `effectiveDateTime` or `effectivePeriod` and the like. */
  timing(stem: string): Record<string, unknown> {
    const { moment, period } = this;
    if (moment !== undefined) return { [`${stem}DateTime`]: moment };
    return period === undefined ? {} : { [`${stem}Period`]: period };
  }

  /** The professionals of a kind, the role of each first. */
  professionals(link: 'author' | 'performer'): { references: { reference: string }[]; drafts: NamedDraft[] } {
    const drafts = childrenOf(this.element, link).map((one, index) => {
      const entity = findElement(one, link === 'author' ? 'assignedAuthor' : 'assignedEntity');
      return entity === undefined
        ? []
        : professionalsOf(entity, `${this.key}-${link}-${index}`, this.document);
    });
    return {
      references: drafts.flatMap(([role]) => (role === undefined ? [] : [{ reference: role.fullUrl }])),
      drafts: drafts.flat(),
    };
  }

  /** What every fact of a document has. */
  base(resourceType: string, subject: 'subject' | 'patient' = 'subject'): Draft {
    this.taken.add(this.element);
    const { identifiers, notes } = this;
    return {
      resourceType,
      ...(identifiers.length === 0 ? {} : { identifier: identifiers }),
      [subject]: patientReference,
      ...(notes.length === 0 || withoutNotes.has(resourceType) ? {} : { note: notes }),
    };
  }

  within(element: XmlElement, suffix: string): Statement {
    return new Statement(element, this.document, `${this.key}-${suffix}`, this.taken);
  }

  /** `valueQuantity`, `valueCodeableConcept` …, by the type of the value. */
  value(element: XmlElement | undefined = findElement(this.element, 'value')): Record<string, unknown> {
    const { context } = this.document;
    const { 'xsi:type': type = '', value } = element?.attributes ?? {};
    switch (type.split(':').at(-1)) {
      case 'PQ':
      case 'REAL':
        return optional('valueQuantity', quantityOf(element, context));
      case 'INT':
        return /^-?\d{1,9}$/.test(value ?? '') ? { valueInteger: Number(value) } : {};
      case 'BL':
        return value === undefined ? {} : { valueBoolean: value === 'true' };
      case 'TS':
        return optional('valueDateTime', momentOf(element, context));
      case 'RTO':
      case 'RTO_PQ_PQ':
        return optional('valueRatio', this.#ratio(element));
      case 'IVL_PQ':
        return optional('valueRange', this.#range(element));
      case 'CD':
      case 'CE':
      case 'CO':
      case 'CV':
        return optional('valueCodeableConcept', conceptOf(element, context));
      default:
        return optional('valueString', wordsOf(element) ?? value);
    }
  }

  #ratio(element: XmlElement | undefined): object | undefined {
    const [numerator, denominator] = ['numerator', 'denominator'].map((name) =>
      quantityOf(findElement(element, name), this.document.context),
    );
    return numerator === undefined || denominator === undefined ? undefined : { numerator, denominator };
  }

  #range(element: XmlElement | undefined): object | undefined {
    const [low, high] = ['low', 'high'].map((name) =>
      quantityOf(findElement(element, name), this.document.context),
    );
    if (low === undefined && high === undefined) return undefined;
    return { ...optional('low', low), ...optional('high', high) };
  }
}

const withoutNotes: ReadonlySet<string> = new Set(['Flag', 'Consent', 'Coverage', 'Encounter']);

export function isNegated({ attributes }: XmlElement): boolean {
  return attributes['negationInd'] === 'true';
}

export function optional(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value };
}

/** Statements that fit, none within another that does. */
export function outermost(element: XmlElement, fits: (statement: XmlElement) => boolean): XmlElement[] {
  return fits(element) ? [element] : partsOf(element).flatMap((part) => outermost(part, fits));
}
