import { looseResults, observationGroups, type Hl7Segment } from '@samenhang/hl7v2';
import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';
import { mapOrder } from './observations.js';
import { ordersOfSpecimens } from './order-groups.js';
import { bodyOf, onlyPatientGroup, patientGroups } from './patient-groups.js';
import type { PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';

/** ORU and OUL: orders with their results. The patients are mentioned, not described: see `onlyIfAbsent`. */
export function mapResultMessage(run: Hl7Run): void {
  const groups = patientGroups(run);
  const patients = new Map<Hl7Segment, PatientOfMessage>();
  for (const group of groups) patients.set(group.pid, mapPerson(group, run, { withVisit: true }));
  const orders = observationGroups(run.message);
  for (const order of orders) {
    // A PID that comes behind its orders: with one patient there is no doubt whose they are.
    const pid = order.pid ?? (groups.length === 1 ? groups[0]?.pid : undefined);
    const patient = pid === undefined ? undefined : patients.get(pid);
    if (patient !== undefined) mapOrder(order, patient, run);
    else run.report('error', 'order-without-patient', order.obr, 'The order stands before any patient');
  }
  if (orders.length === 0 && looseResults(run.message).length === 0)
    throw rejection('missing-segment', 'OBR', 'The message has neither an order nor a result');
}

/** OUL^R22 and R23: specimens with the orders they were taken for. */
export function mapSpecimenMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const patient = mapPerson(group, run, { withVisit: true });
  const orders = ordersOfSpecimens(bodyOf(group), group.pid);
  for (const order of orders) mapOrder(order, patient, run);
  if (orders.length === 0) throw rejection('missing-segment', 'OBR', 'The message has no order');
}
