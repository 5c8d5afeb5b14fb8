import type { Hl7Segment } from '@samenhang/hl7v2';
import { addNote } from '../datatypes/annotations.js';
import { extensionUrls } from '../fhir-systems.js';
import type { CodeableConcept, MedicationRequest, Reference } from '../fhir-types.js';
import { diagnosesOf } from './diagnoses.js';
import { readCodedField } from './coded.js';
import { dosagesOf, quantityOf, timingFields } from './dosages.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { identifierOf } from './identifiers.js';
import { partsOfOrder, type OrderGroup } from './order-groups.js';
import { orderKeyOf, orderNumber, requesterOf, requestStatus, wordsOfNotes } from './order-states.js';
import { firstNamed, named } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { periodFrom } from './periods.js';
import { mapResults } from './observations.js';

/** Where RXE (as encoded by the pharmacy) and RXO (as requested) say the same. */
interface PrescriptionFields {
  readonly code: number;
  readonly dispenseAmount: number;
  readonly dispenseUnits: number;
  readonly refills: number;
  readonly substitution: number;
  readonly indication: number;
  readonly strength: number;
}

const fieldsOf: Readonly<Record<string, PrescriptionFields>> = {
  RXE: {
    code: 2,
    dispenseAmount: 10,
    dispenseUnits: 11,
    refills: 12,
    substitution: 9,
    indication: 27,
    strength: 25,
  },
  RXO: {
    code: 1,
    dispenseAmount: 11,
    dispenseUnits: 12,
    refills: 13,
    substitution: 9,
    indication: 20,
    strength: 18,
  },
};

export function prescriptionId(
  order: OrderGroup,
  patient: PatientOfMessage,
  run: Hl7Run,
): string | undefined {
  const number = orderNumber(order.orc);
  return number === undefined
    ? undefined
    : run.mapping.idOf('MedicationRequest', `prescription:${patient.id}:${number}`);
}

/** RXO or RXE with its ORC as a medication agreement. @throws UnusablePart */
export function mapMedicationOrder(order: OrderGroup, patient: PatientOfMessage, run: Hl7Run): void {
  const { orc, members } = order;
  const detail = firstNamed(members, 'RXE') ?? firstNamed(members, 'RXO');
  const fields = detail === undefined ? undefined : fieldsOf[detail.name];
  if (detail === undefined || fields === undefined)
    throw new UnusablePart('order-without-detail', 'The order does not say what is asked for', orc?.path);
  const id =
    prescriptionId(order, patient, run) ??
    run.mapping.idOf('MedicationRequest', `prescription:${patient.id}:${orderKeyOf(order, detail, run)}`);
  const medication = medicationOf(detail, fields.code, members, id, run);
  const [start, end] = timingFields(order, detail, run);
  const period = periodFrom(start, end, orc ?? detail, run);
  const authored = orc === undefined ? undefined : run.dateTime(orc.field(9));
  const requester = requesterOf(orc, run);
  const dosages = dosagesOf(order, detail, run);
  const identifier =
    orc === undefined
      ? undefined
      : [
          identifierOf(orc.field(2).repetition(1), 'PLAC', run),
          identifierOf(orc.field(3).repetition(1), 'FILL', run),
        ].filter((one) => one !== undefined);
  const reasons = diagnosesOf(members, patient, run);
  const request: MedicationRequest & { id: string } = {
    resourceType: 'MedicationRequest',
    id,
    ...(period === undefined ? {} : { extension: [{ url: extensionUrls.periodOfUse, valuePeriod: period }] }),
    ...(identifier === undefined || identifier.length === 0 ? {} : { identifier }),
    status: requestStatus(orc, run),
    intent: 'order',
    ...medication,
    subject: patientReference(patient),
    ...encounterElement(patient),
    ...(authored === undefined ? {} : { authoredOn: authored }),
    ...(requester === undefined ? {} : { requester }),
    ...indicationOf(detail, fields, run),
    ...(reasons.length === 0 ? {} : { reasonReference: reasons }),
    ...(dosages.length === 0 ? {} : { dosageInstruction: dosages }),
    ...dispensingOf(detail, fields, run),
  };
  addNotes(request, detail, fields, members);
  run.mapping.put(request, { patientId: patient.id, location: detail.path });
  const observed = { key: `prescription:${id}`, obr: undefined, orc, patient, basedOn: {} };
  mapResults(partsOfOrder(members).results, observed, run);
}

/** The product by its code; one that is made up of components (RXC) as a Medication of its own. */
export function medicationOf(
  detail: Hl7Segment,
  codeField: number,
  members: readonly Hl7Segment[],
  ownerId: string,
  run: Hl7Run,
): { medicationCodeableConcept: CodeableConcept } | { medicationReference: Reference } {
  const code = readCodedField(detail.field(codeField), run);
  const ingredient = named(members, 'RXC').flatMap((rxc) => {
    const item = readCodedField(rxc.field(2), run);
    if (item === undefined) return [];
    const strength = quantityOf(rxc.field(3), rxc.field(4), run);
    const isBase = textOf(rxc.field(1))?.toUpperCase() === 'B';
    return [
      {
        itemCodeableConcept: item,
        isActive: !isBase,
        ...(strength === undefined ? {} : { strength: { numerator: strength, denominator: { value: 1 } } }),
      },
    ];
  });
  if (ingredient.length === 0) {
    if (code === undefined)
      throw new UnusablePart(
        'medication-without-name',
        'The prescription names no medication',
        detail.field(codeField).path,
      );
    return { medicationCodeableConcept: code };
  }
  const id = run.mapping.idOf('Medication', `compound:${ownerId}`);
  run.mapping.put(
    { resourceType: 'Medication', id, ...(code === undefined ? {} : { code }), ingredient },
    { patientId: null, location: detail.path },
  );
  return {
    medicationReference: {
      reference: `Medication/${id}`,
      type: 'Medication',
      ...(code?.text === undefined ? {} : { display: code.text }),
    },
  };
}

function indicationOf(
  detail: Hl7Segment,
  { indication }: PrescriptionFields,
  run: Hl7Run,
): { reasonCode?: CodeableConcept[] } {
  const reason = readCodedField(detail.field(indication), run);
  return reason === undefined ? {} : { reasonCode: [reason] };
}

function dispensingOf(
  detail: Hl7Segment,
  { dispenseAmount, dispenseUnits, refills, substitution }: PrescriptionFields,
  run: Hl7Run,
): Record<string, unknown> {
  const quantity = quantityOf(detail.field(dispenseAmount), detail.field(dispenseUnits), run);
  const repeats = textOf(detail.field(refills));
  const allowed = textOf(detail.field(substitution))?.toUpperCase();
  const isAllowed =
    allowed === undefined
      ? undefined
      : ({ N: false, '0': false, G: true, T: true, Y: true } as const)[allowed];
  const dispenseRequest = {
    ...(repeats !== undefined && /^\d{1,3}$/.test(repeats)
      ? { numberOfRepeatsAllowed: Number(repeats) }
      : {}),
    ...(quantity === undefined ? {} : { quantity }),
  };
  return {
    ...(Object.keys(dispenseRequest).length === 0 ? {} : { dispenseRequest }),
    ...(isAllowed === undefined ? {} : { substitution: { allowedBoolean: isAllowed } }),
  };
}

function addNotes(
  request: MedicationRequest,
  detail: Hl7Segment,
  { strength }: PrescriptionFields,
  members: readonly Hl7Segment[],
): void {
  const stated = textOf(detail.field(strength));
  const unit = textOf(detail.field(strength + 1).component(2)) ?? textOf(detail.field(strength + 1));
  if (stated !== undefined) addNote(request, `Strength: ${[stated, unit].filter(Boolean).join(' ')}`);
  const words = wordsOfNotes(named(members, 'NTE'));
  if (words !== undefined) addNote(request, words);
}
