import type { Hl7Segment } from '@samenhang/hl7v2';
import { readCodedField } from './coded.js';
import { quantityOf } from './dosages.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { medicationOf, prescriptionId } from './medication-orders.js';
import type { OrderGroup } from './order-groups.js';
import { orderNumber, wordsOfNotes } from './order-states.js';
import { firstNamed, named } from './patient-groups.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';
import { periodFrom } from './periods.js';
import { referToProfessional } from './professionals.js';

/** RXA of RAS^O17: medication that was given, or was not. @throws UnusablePart */
export function mapAdministration(
  order: OrderGroup,
  rxa: Hl7Segment,
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  const start = run.dateTime(rxa.field(3));
  if (start === undefined)
    throw new UnusablePart(
      'administration-without-time',
      'The administration has no time',
      rxa.field(3).path,
    );
  const number = orderNumber(order.orc) ?? '';
  const code = textOf(rxa.field(5).component(1)) ?? textOf(rxa.field(5).component(2)) ?? '';
  const id = run.mapping.idOf('MedicationAdministration', `given:${patient.id}:${number}:${code}:${start}`);
  if (textOf(rxa.field(21))?.toUpperCase() === 'D') {
    run.mapping.delete('MedicationAdministration', id, patient.id);
    return;
  }
  const end = run.dateTime(rxa.field(4));
  const period = end === undefined || end === start ? undefined : periodFrom(start, end, rxa.field(4), run);
  const rxr = firstNamed(order.members, 'RXR');
  const dose = quantityOf(rxa.field(6), rxa.field(7), run);
  const route = rxr === undefined ? undefined : readCodedField(rxr.field(1), run, '0162');
  const site = rxr === undefined ? undefined : readCodedField(rxr.field(2), run, '0163');
  const dosage = {
    ...(site === undefined ? {} : { site }),
    ...(route === undefined ? {} : { route }),
    ...(dose === undefined ? {} : { dose }),
  };
  const performer = referToProfessional(rxa.field(10).repetition(1), run);
  const prescription = prescriptionId(order, patient, run);
  const words = wordsOfNotes(named(order.members, 'NTE'));
  run.mapping.put(
    {
      resourceType: 'MedicationAdministration',
      id,
      status: run.mapping.tables.findHl7('0322', textOf(rxa.field(20))) ?? 'completed',
      ...medicationOf(rxa, 5, [], id, run),
      subject: patientReference(patient),
      ...(period === undefined ? { effectiveDateTime: start } : { effectivePeriod: period }),
      ...(performer === undefined ? {} : { performer: [{ actor: performer }] }),
      ...(prescription === undefined
        ? {}
        : { request: { reference: `MedicationRequest/${prescription}`, type: 'MedicationRequest' } }),
      ...(words === undefined ? {} : { note: [{ text: words }] }),
      // mad-1: a dosage states a dose or a rate.
      ...(dose === undefined ? {} : { dosage }),
    },
    { patientId: patient.id, location: rxa.path },
  );
}
