import type { CodeableConcept, Draft } from '../fhir-types.js';
import { conceptOf, quantityOf, wordsOfElement } from './data-types.js';
import { optional, outermost, type EntryDrafts, type Statement } from './statement.js';
import { childrenOf, findElement, wordsOf, type XmlElement } from './xml.js';

const isAdministration = ({ name }: XmlElement): boolean => name === 'substanceAdministration';
const statuses: Readonly<Record<string, string>> = {
  active: 'active',
  completed: 'completed',
  aborted: 'stopped',
  suspended: 'on-hold',
  cancelled: 'entered-in-error',
};

/** What was used is a statement of use; what is asked for is an order. */
export function readMedication(entry: Statement): Draft[] {
  return outermost(entry.element, isAdministration).flatMap((element, index): Draft[] => {
    const one = entry.within(element, String(index));
    const product = productOf(one);
    if (product === undefined) return [];
    const dosage = dosageOf(one);
    if (one.mood === 'EVN') {
      return [
        {
          ...one.base('MedicationStatement'),
          status: statuses[one.status ?? ''] ?? 'unknown',
          medicationCodeableConcept: product,
          ...optional('effectivePeriod', one.period),
          ...(dosage === undefined ? {} : { dosage: [dosage] }),
        },
      ];
    }
    return [
      {
        ...one.base('MedicationRequest'),
        status: statuses[one.status ?? ''] ?? 'unknown',
        intent: one.mood === 'PRP' ? 'proposal' : 'order',
        medicationCodeableConcept: product,
        ...(dosage === undefined ? {} : { dosageInstruction: [dosage] }),
      },
    ];
  });
}

export function readVaccinations(entry: Statement): Draft[] {
  return outermost(entry.element, isAdministration)
    .filter((element) => entry.within(element, '').mood === 'EVN')
    .flatMap((element, index) => {
      const one = entry.within(element, String(index));
      const vaccine = productOf(one);
      const moment = one.moment ?? one.period?.start;
      if (vaccine === undefined) return [];
      const dose = quantityOf(findElement(element, 'doseQuantity'), one.document.context);
      return [
        {
          ...one.base('Immunization', 'patient'),
          status: one.isNegated ? 'not-done' : 'completed',
          vaccineCode: vaccine,
          ...(moment === undefined ? { occurrenceString: 'onbekend' } : { occurrenceDateTime: moment }),
          ...optional('lotNumber', wordsOf(findElement(materialOf(element), 'lotNumberText'))),
          ...(dose?.code === undefined ? {} : { doseQuantity: dose }),
        },
      ];
    });
}

function materialOf(element: XmlElement): XmlElement | undefined {
  const product = findElement(element, 'consumable', 'manufacturedProduct');
  return findElement(product, 'manufacturedMaterial') ?? findElement(product, 'manufacturedLabeledDrug');
}

/** The code of the product, its name beside it. */
function productOf({ element, document }: Statement): CodeableConcept | undefined {
  const material = materialOf(element);
  const name = wordsOf(findElement(material, 'name'));
  const product = conceptOf(findElement(material, 'code'), document.context);
  if (product === undefined) return name === undefined ? undefined : { text: name };
  return { ...product, ...optional('text', product.text ?? name) };
}

function dosageOf({ element, document }: Statement): object | undefined {
  const text = wordsOfElement(findElement(element, 'text'), document.context);
  const route = conceptOf(findElement(element, 'routeCode'), document.context);
  const dose = quantityOf(findElement(element, 'doseQuantity'), document.context);
  const dosage = {
    ...optional('text', text),
    ...optional('route', route),
    ...(dose === undefined ? {} : { doseAndRate: [{ doseQuantity: dose }] }),
  };
  return Object.keys(dosage).length === 0 ? undefined : dosage;
}

const isAct = ({ name }: XmlElement): boolean =>
  name === 'procedure' || name === 'observation' || name === 'act';

/** What was done, and in other moods what is asked for. */
export function readProcedures(entry: Statement): EntryDrafts {
  const facts: Draft[] = [];
  const others: EntryDrafts['others'][number][] = [];
  for (const [index, element] of outermost(entry.element, isAct).entries()) {
    const one = entry.within(element, String(index));
    const code = one.concept('code');
    if (code === undefined) continue;
    const sites = childrenOf(element, 'targetSiteCode').flatMap(
      (site) => conceptOf(site, one.document.context) ?? [],
    );
    const { references, drafts } = one.professionals('performer');
    const shared = { code, ...(sites.length === 0 ? {} : { bodySite: sites }) };
    if (one.mood === 'EVN') {
      facts.push({
        ...one.base('Procedure'),
        status: one.isNegated ? 'not-done' : procedureStatus(one.status),
        ...shared,
        ...one.timing('performed'),
        ...(references.length === 0 ? {} : { performer: references.map((actor) => ({ actor })) }),
      });
    } else {
      facts.push({
        ...one.base('ServiceRequest'),
        status: one.status === 'completed' ? 'completed' : 'active',
        intent: one.mood === 'PRP' ? 'proposal' : one.mood === 'RQO' ? 'order' : 'plan',
        ...shared,
        ...one.timing('occurrence'),
        ...(references.length === 0 ? {} : { performer: references }),
      });
    }
    others.push(...drafts);
  }
  return { facts, others };
}

function procedureStatus(status: string | undefined): string {
  if (status === 'active') return 'in-progress';
  if (status === 'aborted' || status === 'cancelled') return 'stopped';
  return 'completed';
}
