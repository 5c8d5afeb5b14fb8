import type { Hl7Segment } from '@samenhang/hl7v2';
import type { MedicationDispense } from '../fhir-types.js';
import { dosagesOf, quantityOf } from './dosages.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { medicationOf, mapMedicationOrder, prescriptionId } from './medication-orders.js';
import type { OrderGroup } from './order-groups.js';
import { orderNumber, wordsOfNotes } from './order-states.js';
import { firstNamed, named } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { referToProfessional } from './professionals.js';

/** RXD as what was handed over, with the prescription that stands beside it. @throws UnusablePart */
export function mapDispense(
  order: OrderGroup,
  rxd: Hl7Segment,
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  const { orc, members } = order;
  const number = textOf(rxd.field(7)) ?? orderNumber(orc);
  if (number === undefined)
    throw new UnusablePart(
      'dispense-without-number',
      'The dispense has no number by which it is known',
      rxd.field(7).path,
    );
  const id = run.mapping.idOf(
    'MedicationDispense',
    `dispense:${patient.id}:${number}:${textOf(rxd.field(1)) ?? ''}:${textOf(rxd.field(3)) ?? ''}`,
  );
  const encoded = firstNamed(members, 'RXE') ?? firstNamed(members, 'RXO');
  if (encoded !== undefined) mapMedicationOrder(order, patient, run);
  const prescription = encoded === undefined ? undefined : prescriptionId(order, patient, run);
  const handedOver = run.dateTime(rxd.field(3));
  const quantity = quantityOf(rxd.field(4), rxd.field(5), run);
  const performer = referToProfessional(rxd.field(10).repetition(1), run);
  const dosages = encoded === undefined ? [] : dosagesOf(order, encoded, run);
  const words = [
    ...rxd.field(9).repetitions.flatMap((value) => textOf(value) ?? []),
    ...(encoded === undefined ? [wordsOfNotes(named(members, 'NTE'))] : []),
  ].filter((one) => one !== undefined);
  const dispense: MedicationDispense & { id: string } = {
    resourceType: 'MedicationDispense',
    id,
    status:
      run.mapping.tables.findHl7('0119', textOf(orc?.field(1) ?? rxd.field(1))) === 'cancelled'
        ? 'cancelled'
        : 'completed',
    ...medicationOf(rxd, 2, [], id, run),
    subject: patientReference(patient),
    ...(patient.encounterId === undefined ? {} : { context: encounterElement(patient).encounter }),
    ...(performer === undefined ? {} : { performer: [{ actor: performer }] }),
    ...(prescription === undefined
      ? {}
      : {
          authorizingPrescription: [
            { reference: `MedicationRequest/${prescription}`, type: 'MedicationRequest' },
          ],
        }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(handedOver === undefined ? {} : { whenHandedOver: handedOver }),
    ...(words.length === 0 ? {} : { note: [{ text: words.join('\n') }] }),
    ...(dosages.length === 0 ? {} : { dosageInstruction: dosages }),
  };
  run.mapping.put(dispense, { patientId: patient.id, location: rxd.path });
}
