import { childrenOf, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Draft } from '../fhir-types.js';
import { codeOf, partsOf, statementsWithin } from './cda-document.js';
import { conceptOf, quantityOf } from './data-types.js';
import { isNegated, optional, type Statement } from './statement.js';

const systolic = '8480-6';
const diastolic = '8462-4';

/** Results of the laboratory, a panel with its members. */
export function readResults(entry: Statement): Draft[] {
  return observationsIn(entry, 'laboratory');
}

/** Vital signs; the two pressures of one moment are one blood pressure. */
export function readVitalSigns(entry: Statement): Draft[] {
  const organizers = statementsWithin(entry.element).filter((one) => partsOf(one).some(isPressure));
  const pressures = organizers.flatMap((organizer, index) =>
    pressuresOf(entry.within(organizer, `pressure-${index}`)),
  );
  return [...pressures, ...observationsIn(entry, 'vital-signs')];
}

const isPressure = (statement: XmlElement): boolean =>
  [systolic, diastolic].includes(codeOf(statement) ?? '');

function observationsIn(entry: Statement, category: string): Draft[] {
  return statementsWithin(entry.element)
    .filter((one) => one.name === 'observation' && findElement(one, 'value') !== undefined)
    .filter((one) => !isPressure(one) && (category !== 'vital-signs' || isMeasured(one)))
    .flatMap((one, index) => observationOf(entry.within(one, String(index)), category));
}

/** What a vital sign says of itself (cuff, position, clothing) has a coded value. */
function isMeasured(statement: XmlElement): boolean {
  const type = findElement(statement, 'value')?.attributes['xsi:type'] ?? '';
  return type === 'PQ' || type === 'INT' || type === 'REAL';
}

export function observationOf(one: Statement, category: string | undefined): Draft[] {
  const code = one.concept('code');
  if (code === undefined || one.isNegated) return [];
  const interpretation = childrenOf(one.element, 'interpretationCode').flatMap(
    (flag) => conceptOf(flag, one.document.context) ?? [],
  );
  const ranges = childrenOf(one.element, 'referenceRange').flatMap((range) => rangeOf(range, one));
  return [
    {
      ...one.base('Observation'),
      status: observationStatus(one.status),
      ...(category === undefined ? {} : { category: [concept(codeSystems.observationCategory, category)] }),
      code,
      ...one.timing('effective'),
      ...one.value(),
      ...(interpretation.length === 0 ? {} : { interpretation }),
      ...optional('method', one.concept('methodCode')),
      ...(category === 'vital-signs' ? {} : optional('bodySite', one.concept('targetSiteCode'))),
      ...(ranges.length === 0 ? {} : { referenceRange: ranges }),
    },
  ];
}

function rangeOf(range: XmlElement, one: Statement): object[] {
  const inner = findElement(range, 'observationRange');
  const { context } = one.document;
  const low = quantityOf(findElement(inner, 'value', 'low'), context);
  const high = quantityOf(findElement(inner, 'value', 'high'), context);
  const text = wordsOf(findElement(inner, 'text'));
  const made = { ...optional('low', low), ...optional('high', high), ...optional('text', text) };
  return Object.keys(made).length === 0 ? [] : [made];
}

function observationStatus(status: string | undefined): string {
  if (status === 'active') return 'preliminary';
  if (status === 'nullified') return 'entered-in-error';
  if (status === 'aborted' || status === 'cancelled') return 'cancelled';
  return 'final';
}

function pressuresOf(organizer: Statement): Draft[] {
  const byMoment = new Map<string, XmlElement[]>();
  for (const part of partsOf(organizer.element).filter((one) => isPressure(one) && !isNegated(one))) {
    const one = organizer.within(part, '');
    const key = one.moment ?? one.period?.start ?? organizer.moment ?? '';
    byMoment.set(key, [...(byMoment.get(key) ?? []), part]);
  }
  return [...byMoment].map(([moment, parts], index) => {
    const [first] = parts;
    const measured = first === undefined ? organizer : organizer.within(first, String(index));
    for (const part of parts) organizer.taken.add(part);
    const component = parts.flatMap((part) => {
      const quantity = quantityOf(findElement(part, 'value'), organizer.document.context);
      const code: CodeableConcept = concept(codeSystems.loinc, codeOf(part) ?? '');
      return quantity === undefined ? [] : [{ code, valueQuantity: quantity }];
    });
    return {
      ...measured.base('Observation'),
      status: observationStatus(measured.status ?? organizer.status),
      category: [concept(codeSystems.observationCategory, 'vital-signs')],
      code: concept(codeSystems.loinc, '85354-9'),
      ...(moment === '' ? {} : { effectiveDateTime: moment }),
      ...optional('bodySite', measured.concept('targetSiteCode')),
      ...optional('method', measured.concept('methodCode')),
      component,
    };
  });
}
