import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';
import { mapAdministration } from './medication-administrations.js';
import { mapDispense } from './medication-dispenses.js';
import { mapMedicationOrder } from './medication-orders.js';
import { orderGroups } from './order-groups.js';
import { bodyOf, firstNamed, onlyPatientGroup } from './patient-groups.js';
import { mapPerson } from './persons.js';

/** OMP and RDE: prescriptions. RDS: what was dispensed. RAS: what was given. The prescription may stand beside them. */
export function mapMedicationMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const patient = mapPerson(group, run, { withVisit: true });
  const orders = orderGroups(bodyOf(group));
  for (const order of orders) {
    const [rxd, rxa] = ['RXD', 'RXA'].map((name) => firstNamed(order.members, name));
    run.part(rxd ?? rxa ?? order.orc ?? group.pid, () => {
      if (rxd !== undefined) mapDispense(order, rxd, patient, run);
      else if (rxa !== undefined) mapAdministration(order, rxa, patient, run);
      else mapMedicationOrder(order, patient, run);
    });
  }
  if (orders.length === 0) throw rejection('missing-segment', 'ORC', 'The message has no order');
}
