import { childrenOf, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import { concept, hasCoding } from '../datatypes/concepts.js';
import { codeSystems, extensionUrls, nictiz } from '../fhir-systems.js';
import type { CodeableConcept, Draft, Extension, Period } from '../fhir-types.js';
import { statementsWithin } from './cda-document.js';
import { conceptOf, momentOf, quantityOf } from './data-types.js';
import { dosagesOf } from './dosing.js';
import type { NamedDraft } from './header.js';
import { administrationOf, dispenseOf } from './medication-events.js';
import { optional, outermost, type EntryDrafts, type Statement } from './statement.js';

export const isAdministration = ({ name }: XmlElement): boolean => name === 'substanceAdministration';
/** Building blocks of MP9: what the pharmacist agrees on, and what was given. */
const administrationAgreement = '422037009';
const medicationAdministration = '18629005';

const useStatuses: Readonly<Record<string, string>> = {
  active: 'active',
  completed: 'completed',
  aborted: 'stopped',
  suspended: 'on-hold',
  cancelled: 'not-taken',
  nullified: 'entered-in-error',
};
const requestStatuses: Readonly<Record<string, string>> = { ...useStatuses, cancelled: 'cancelled' };
const dispenseStatuses: Readonly<Record<string, string>> = { ...requestStatuses, active: 'in-progress' };
const intents: Readonly<Record<string, string>> = { PRP: 'proposal', INT: 'plan' };

/** What was handed over; a supply in another mood is asked for and has no building block of MP9 here. */
const isDispense = (statement: XmlElement): boolean =>
  statement.name === 'supply' &&
  (statement.attributes['moodCode'] ?? 'EVN') === 'EVN' &&
  findElement(statement, 'product') !== undefined;

/**
 * What was used is a statement of use, what is asked for an order, what the pharmacist agrees on a dispense that says so, what was
 * given at a moment an administration. What was handed over may stand within the statement that it was handed over for.
 */
export function readMedication(entry: Statement): EntryDrafts {
  const others: NamedDraft[] = [];
  const administrations = outermost(entry.element, isAdministration);
  const dispenses = statementsWithin(entry.element).filter(isDispense);
  const facts = [...administrations, ...dispenses].flatMap((element, index): Draft[] => {
    const one = entry.within(element, String(index));
    const product = productOf(one);
    if (product === undefined) return [];
    if (element.name === 'supply' || isOfKind(one, medicationAdministration)) {
      const { facts: done, others: persons } =
        element.name === 'supply' ? dispenseOf(one, product) : administrationOf(one, product);
      others.push(...persons);
      return [...done];
    }
    if (isOfKind(one, administrationAgreement)) return [agreementOf(one, product)];
    return [one.mood === 'EVN' ? useOf(one, product) : requestOf(one, product)];
  });
  return { facts, others };
}

function isOfKind(one: Statement, code: string): boolean {
  return hasCoding(one.concept('code'), codeSystems.snomed, code);
}

function useOf(one: Statement, product: CodeableConcept): Draft {
  const dosage = dosagesOf(one, productOf);
  const reasons = reasonsOf(one);
  return {
    ...one.base('MedicationStatement'),
    status: statusOf(one, useStatuses, 'not-taken'),
    medicationCodeableConcept: product,
    ...optional('effectivePeriod', periodOfUse(one)),
    ...optional('dateAsserted', authoredOn(one)),
    ...(reasons.length === 0 ? {} : { reasonCode: reasons }),
    ...(dosage.length === 0 ? {} : { dosage }),
  };
}

function requestOf(one: Statement, product: CodeableConcept): Draft {
  const dosage = dosagesOf(one, productOf);
  const period = periodOfUse(one);
  const reasons = reasonsOf(one);
  return {
    ...one.base('MedicationRequest'),
    ...(period === undefined ? {} : { extension: [ofUse(period)] }),
    status: statusOf(one, requestStatuses),
    intent: intents[one.mood] ?? 'order',
    ...(one.isNegated ? { doNotPerform: true } : {}),
    medicationCodeableConcept: product,
    ...optional('authoredOn', authoredOn(one)),
    ...(reasons.length === 0 ? {} : { reasonCode: reasons }),
    ...(dosage.length === 0 ? {} : { dosageInstruction: dosage }),
  };
}

function agreementOf(one: Statement, product: CodeableConcept): Draft {
  const dosage = dosagesOf(one, productOf);
  const period = periodOfUse(one);
  const agreed = authoredOn(one);
  const extension = [
    ...(agreed === undefined
      ? []
      : [
          {
            url: `${nictiz}/ext-AdministrationAgreement.AdministrationAgreementDateTime`,
            valueDateTime: agreed,
          },
        ]),
    ...(period === undefined ? [] : [ofUse(period)]),
  ];
  return {
    ...one.base('MedicationDispense'),
    ...(extension.length === 0 ? {} : { extension }),
    status: statusOf(one, dispenseStatuses, 'declined'),
    category: concept(codeSystems.snomed, administrationAgreement),
    medicationCodeableConcept: product,
    ...(dosage.length === 0 ? {} : { dosageInstruction: dosage }),
  };
}

/** A denial counts more than how far the statement has come, an error more than both. */
function statusOf(
  { status, isNegated }: Statement,
  statuses: Readonly<Record<string, string>>,
  denied?: string,
): string {
  const known = statuses[status ?? ''] ?? 'unknown';
  return isNegated && denied !== undefined && known !== 'entered-in-error' ? denied : known;
}

/** The period of use; where the end is said by a duration, that duration. */
function periodOfUse(one: Statement): (Period & { extension?: object[] }) | undefined {
  const width = childrenOf(one.element, 'effectiveTime')
    .map((time) => quantityOf(findElement(time, 'width'), one.document.context))
    .find((quantity) => quantity?.code !== undefined);
  const { period } = one;
  if (width === undefined || (period?.start !== undefined && period.end !== undefined)) return period;
  return { extension: [{ url: `${nictiz}/ext-TimeInterval.Duration`, valueDuration: width }], ...period };
}

function ofUse(valuePeriod: Period): Extension {
  return { url: extensionUrls.periodOfUse, valuePeriod };
}

function authoredOn({ element, document }: Statement): string | undefined {
  return momentOf(findElement(element, 'author', 'time'), document.context);
}

function reasonsOf({ element, document }: Statement): CodeableConcept[] {
  return childrenOf(element, 'entryRelationship')
    .filter(({ attributes }) => attributes['typeCode'] === 'RSON')
    .flatMap((link) => childrenOf(link, 'observation'))
    .flatMap((observation) => conceptOf(findElement(observation, 'value'), document.context) ?? []);
}

export function materialOf(element: XmlElement): XmlElement | undefined {
  const product =
    findElement(element, 'consumable', 'manufacturedProduct') ??
    findElement(element, 'product', 'manufacturedProduct');
  return findElement(product, 'manufacturedMaterial') ?? findElement(product, 'manufacturedLabeledDrug');
}

/** The code of the product, its name beside it. */
export function productOf({ element, document }: Statement): CodeableConcept | undefined {
  const material = materialOf(element);
  const name = wordsOf(findElement(material, 'name'));
  const product = conceptOf(findElement(material, 'code'), document.context);
  if (product === undefined) return name === undefined ? undefined : { text: name };
  return { ...product, ...optional('text', product.text ?? name) };
}
