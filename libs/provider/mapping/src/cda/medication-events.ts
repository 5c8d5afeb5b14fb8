import { findElement } from '@samenhang/xml';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Draft, Dosage } from '../fhir-types.js';
import { quantityOf } from './data-types.js';
import { dosageOf } from './dosing.js';
import { optional, type EntryDrafts, type Statement } from './statement.js';

const dispense = '373784005';

/** What a document says happened has happened where it names no status. */
const statuses: Readonly<Record<string, string>> = {
  active: 'in-progress',
  suspended: 'on-hold',
  aborted: 'stopped',
  nullified: 'entered-in-error',
};

function statusOf({ status, isNegated, isNullified }: Statement, notDone: string): string {
  if (isNullified) return 'entered-in-error';
  if (isNegated || status === 'cancelled') return notDone;
  return statuses[status ?? ''] ?? 'completed';
}

/** Handed over: to whom is the patient, how much and when as the document says. */
export function dispenseOf(one: Statement, medicationCodeableConcept: CodeableConcept): EntryDrafts {
  const { references, drafts } = one.professionals('performer');
  const quantity = quantityOf(findElement(one.element, 'quantity'), one.document.context);
  const moment = one.moment ?? one.period?.start;
  const fact: Draft = {
    ...one.base('MedicationDispense'),
    status: statusOf(one, 'declined'),
    category: concept(codeSystems.snomed, dispense),
    medicationCodeableConcept,
    ...(references.length === 0 ? {} : { performer: references.map((actor) => ({ actor })) }),
    ...optional('quantity', quantity),
    ...optional('whenHandedOver', moment),
  };
  return { facts: [fact], others: drafts };
}

/** Given at a moment or over a time; without either FHIR has no administration. */
export function administrationOf(one: Statement, medicationCodeableConcept: CodeableConcept): EntryDrafts {
  const effective = one.timing('effective');
  if (one.mood !== 'EVN' || Object.keys(effective).length === 0) return { facts: [], others: [] };
  const { references, drafts } = one.professionals('performer');
  const dosage = oneDosage(dosageOf(one));
  const fact: Draft = {
    ...one.base('MedicationAdministration'),
    status: statusOf(one, 'not-done'),
    medicationCodeableConcept,
    ...effective,
    ...(references.length === 0 ? {} : { performer: references.map((actor) => ({ actor })) }),
    ...optional('dosage', dosage),
  };
  return { facts: [fact], others: drafts };
}

/** MedicationAdministration.dosage of FHIR: one dose, and one rate. */
function oneDosage(dosage: Dosage | undefined): object | undefined {
  const [amount] = (dosage?.['doseAndRate'] ?? []) as { doseQuantity?: object; rateQuantity?: object }[];
  const made = {
    ...optional('text', dosage?.text),
    ...optional('site', dosage?.['site']),
    ...optional('route', dosage?.route),
    ...optional('dose', amount?.doseQuantity),
    ...optional('rateQuantity', amount?.rateQuantity),
  };
  return Object.keys(made).length === 0 ? undefined : made;
}
