import { childrenOf, findElement, type XmlElement } from '@samenhang/xml';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Dosage, Quantity } from '../fhir-types.js';
import { conceptOf, momentOf, quantityOf, wordsOfElement } from './data-types.js';
import { optional, type Statement } from './statement.js';

/** NHG table 25: instructions for use beside the dose. */
const instructions = '2.16.840.1.113883.2.4.4.5';

/**
 * The dosing of a medication statement. Documents of MP9 have it in administrations within the one that names the product, one for
 * each step of a schedule; others in that one itself.
 */
export function dosagesOf(one: Statement, product: (statement: Statement) => unknown): Dosage[] {
  const steps = childrenOf(one.element, 'entryRelationship').flatMap((link) =>
    childrenOf(link, 'substanceAdministration')
      .map((element) => ({ step: one.within(element, 'step'), sequence: sequenceOf(link) }))
      .filter(({ step }) => product(step) === undefined),
  );
  const own = dosageOf(one);
  if (steps.length === 0) return own === undefined ? [] : [own];
  return steps.flatMap(({ step, sequence }) => {
    const dosage = { ...own, ...dosageOf(step) };
    return Object.keys(dosage).length === 0 ? [] : [{ ...optional('sequence', sequence), ...dosage }];
  });
}

function sequenceOf(link: XmlElement): number | undefined {
  const value = findElement(link, 'sequenceNumber')?.attributes['value'];
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

export function dosageOf(one: Statement): Dosage | undefined {
  const { element, document } = one;
  const { context } = document;
  const additional = childrenOf(element, 'entryRelationship')
    .flatMap((link) => childrenOf(link, 'act'))
    .filter((act) => findElement(act, 'code')?.attributes['codeSystem'] === instructions)
    .flatMap((act) => conceptOf(findElement(act, 'code'), context) ?? []);
  const dose = { ...amountOf(one, 'doseQuantity', 'dose'), ...amountOf(one, 'rateQuantity', 'rate') };
  const dosage: Dosage = {
    ...optional('text', wordsOfElement(findElement(element, 'text'), context)),
    ...(additional.length === 0 ? {} : { additionalInstruction: additional }),
    ...optional('timing', timingOf(one)),
    ...asNeeded(one),
    ...optional('site', one.concept('approachSiteCode')),
    ...optional('route', one.concept('routeCode')),
    ...(Object.keys(dose).length === 0 ? {} : { doseAndRate: [dose] }),
    ...optional('maxDosePerPeriod', ratioOf(one, 'maxDoseQuantity')),
  };
  return Object.keys(dosage).length === 0 ? undefined : dosage;
}

/** PQ, or IVL_PQ from so much to so much. */
function amountOf(one: Statement, name: string, stem: 'dose' | 'rate'): object {
  const element = findElement(one.element, name);
  const quantity = (part: XmlElement | undefined): Quantity | undefined =>
    quantityOf(part, one.document.context);
  const single = quantity(element) ?? quantity(findElement(element, 'center'));
  if (single !== undefined) return { [`${stem}Quantity`]: single };
  const range = {
    ...optional('low', quantity(findElement(element, 'low'))),
    ...optional('high', quantity(findElement(element, 'high'))),
  };
  return Object.keys(range).length === 0 ? {} : { [`${stem}Range`]: range };
}

function ratioOf(one: Statement, name: string): object | undefined {
  const [numerator, denominator] = ['numerator', 'denominator'].map((part) =>
    quantityOf(findElement(one.element, name, part), one.document.context),
  );
  return numerator === undefined || denominator === undefined ? undefined : { numerator, denominator };
}

/** What must be so before it is taken. That there is such a condition counts, also where it says nothing that can be read. */
function asNeeded(one: Statement): Pick<Dosage, 'asNeededBoolean' | 'asNeededCodeableConcept'> {
  const precondition = findElement(one.element, 'precondition');
  if (precondition === undefined) return {};
  const criterion = findElement(precondition, 'criterion');
  const code = conceptOf(findElement(criterion, 'code'), one.document.context);
  const text = wordsOfElement(findElement(criterion, 'text'), one.document.context);
  const condition: CodeableConcept | undefined =
    code ??
    (text === undefined ? conceptOf(findElement(criterion, 'value'), one.document.context) : { text });
  return condition === undefined ? { asNeededBoolean: true } : { asNeededCodeableConcept: condition };
}

const units: ReadonlySet<string> = new Set(['s', 'min', 'h', 'd', 'wk', 'mo', 'a']);
/** Codes of v3-TimingEvent that FHIR's EventTiming has too. */
const events: ReadonlySet<string> = new Set('HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV'.split(' '));

/** PIVL_TS: so often a period, or at times of the day; EIVL_TS: at an event of the day. */
function timingOf(one: Statement): object | undefined {
  const times = childrenOf(one.element, 'effectiveTime');
  const periodic = times.filter((time) => kindOf(time) === 'PIVL_TS');
  const when = times
    .filter((time) => kindOf(time) === 'EIVL_TS')
    .map((time) => findElement(time, 'event')?.attributes['code'] ?? '')
    .filter((event) => events.has(event));
  const [first] = periodic;
  const frequency = first === undefined ? undefined : frequencyOf(first, one);
  const timeOfDay = periodic.flatMap((time) => timeOfDayOf(time, one) ?? []);
  const repeat = {
    ...(timeOfDay.length > 1 ? { ...frequency, frequency: timeOfDay.length } : frequency),
    ...(timeOfDay.length === 0 ? {} : { timeOfDay }),
    ...(when.length === 0 ? {} : { when }),
  };
  return Object.keys(repeat).length === 0 ? undefined : { repeat };
}

function kindOf(time: XmlElement): string | undefined {
  return time.attributes['xsi:type']?.split(':').at(-1);
}

function frequencyOf(time: XmlElement, one: Statement): object | undefined {
  const quantity = (...path: readonly string[]): Quantity | undefined =>
    quantityOf(findElement(time, ...path), one.document.context);
  const often = quantity('frequency', 'numerator')?.value ?? 1;
  const period = quantity('frequency', 'denominator') ?? quantity('period');
  if (period?.value === undefined || period.system !== codeSystems.ucum) return undefined;
  if (!units.has(period.code ?? '') || typeof often !== 'number' || !Number.isInteger(often) || often < 1)
    return undefined;
  return { frequency: often, period: period.value, periodUnit: period.code };
}

/** Of what is taken daily, the hour of the first time is that of all. */
function timeOfDayOf(time: XmlElement, one: Statement): string | undefined {
  const period = findElement(time, 'period')?.attributes;
  if (period?.['value'] !== '1' || period['unit'] !== 'd') return undefined;
  const start = momentOf(findElement(time, 'phase', 'low'), one.document.context) ?? '';
  return /T(\d\d:\d\d:\d\d)/.exec(start)?.[1];
}
