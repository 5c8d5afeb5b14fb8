import { mapAdmission, mapLinks, mapPersonDeletion, mapUnlinks } from './admissions.js';
import { mapAppointmentMessage } from './appointments.js';
import { mapDocumentMessage } from './documents.js';
import type { Hl7Run } from './hl7-run.js';
import { mapMedicationMessage } from './medication-messages.js';
import { mapMerges, mapVisitMerges } from './merges.js';
import { mapOrderMessage } from './order-messages.js';
import { mapProblemMessage } from './problem-messages.js';
import { mapReferral } from './referrals.js';
import { mapResultMessage, mapSpecimenMessage } from './result-messages.js';
import { mapVaccinationMessage } from './vaccinations.js';

type MapMessage = (run: Hl7Run) => void;

/** Events that say something of a visit or a person, by table 0003. */
const admissionEvents: Readonly<Record<string, MapMessage>> = {
  ...each('A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17', mapAdmission),
  ...each('A21 A22 A23 A25 A26 A27 A28 A31 A32 A33 A38 A52 A53 A54 A55 A60 A61 A62', mapAdmission),
  ...each('A18 A30 A34 A36 A39 A40 A46 A47 A48', mapMerges),
  ...each('A35 A41 A42 A49 A50 A51', mapVisitMerges),
  ...each('A19 A20', noteOutOfScope),
  A24: mapLinks,
  A29: mapPersonDeletion,
  A37: mapUnlinks,
};

/** By message code and trigger. */
const mappings: Readonly<Record<string, Readonly<Record<string, MapMessage>>>> = {
  ADT: admissionEvents,
  BAR: { ...each('P01 P05 P10 P12', mapAdmission), ...each('P02 P06 P11', noteOutOfScope) },
  DFT: each('P03 P11', noteOutOfScope),
  MFN: each('M01 M02 M03 M04 M05 M08 M09 M10 M11 M13 M14', noteOutOfScope),
  ORU: each('R01 R03 R30 R31 R32 R40', mapResultMessage),
  OUL: { ...each('R21 R24', mapResultMessage), ...each('R22 R23', mapSpecimenMessage) },
  MDM: each('T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11', mapDocumentMessage),
  SIU: each('S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26', mapAppointmentMessage),
  ORM: { O01: mapOrderMessage },
  OMG: { O19: mapOrderMessage },
  OML: each('O21 O33 O35', mapOrderMessage),
  OMI: { O23: mapOrderMessage },
  OMP: { O09: mapMedicationMessage },
  RDE: each('O11 O25 O01', mapMedicationMessage),
  RDS: each('O13 O01', mapMedicationMessage),
  RAS: each('O17 O01', mapMedicationMessage),
  VXU: { V04: mapVaccinationMessage },
  PPR: each('PC1 PC2 PC3', mapProblemMessage),
  REF: each('I12 I13 I14 I15', mapReferral),
};

/**
 * Accounts, charges, beds and master files are no part of a record of care. Such a message is counted, and does not hold up
 * the patient's stream as one in quarantine would.
 */
function noteOutOfScope(run: Hl7Run): void {
  const place = run.message.header.field(9);
  run.report('information', 'out-of-scope', place, 'Messages of this type are not part of the record');
}

export function findMessageMapping(code: string, trigger: string): MapMessage | undefined {
  const byTrigger = Object.hasOwn(mappings, code) ? mappings[code] : undefined;
  return byTrigger !== undefined && Object.hasOwn(byTrigger, trigger) ? byTrigger[trigger] : undefined;
}

function each(triggers: string, map: MapMessage): Record<string, MapMessage> {
  return Object.fromEntries(triggers.split(' ').map((trigger) => [trigger, map]));
}
