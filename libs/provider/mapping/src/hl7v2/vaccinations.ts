import type { Hl7Segment, ObservationResult } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { hl7TableSystem } from '../fhir-systems.js';
import type { Immunization, Reference } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField, readCodedOrText } from './coded.js';
import { quantityOf } from './dosages.js';
import { referToLocation } from './encounters.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { identifierOf } from './identifiers.js';
import { mapResults } from './observations.js';
import { orderGroups, partsOfOrder, type OrderGroup } from './order-groups.js';
import { orderNumber, requesterOf, wordsOfNotes } from './order-states.js';
import { bodyOf, firstNamed, named, onlyPatientGroup } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';
import { referToProfessional } from './professionals.js';

/** LOINC codes of observations that are elements of the vaccination itself. */
const eligibility = '64994-7';
const funding = '30963-3';
const doseNumber = '30973-2';
const ownElements: ReadonlySet<string> = new Set([eligibility, funding, doseNumber]);

/** VXU^V04: vaccinations given, refused or reported. */
export function mapVaccinationMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const patient = mapPerson(group, run, { withVisit: true });
  const orders = orderGroups(bodyOf(group));
  for (const order of orders) {
    const rxa = firstNamed(order.members, 'RXA');
    run.part(rxa ?? order.orc ?? group.pid, () => {
      if (rxa === undefined)
        throw new UnusablePart('order-without-detail', 'The order has no vaccination (RXA)', order.orc?.path);
      mapVaccination(order, rxa, patient, run);
    });
  }
  if (orders.length === 0)
    run.report('information', 'no-vaccination', group.pid, 'The message has no vaccination');
}

function mapVaccination(order: OrderGroup, rxa: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const vaccineCode = readCodedField(rxa.field(5), run, '0292');
  if (vaccineCode === undefined)
    throw new UnusablePart(
      'vaccination-without-vaccine',
      'The vaccination names no vaccine',
      rxa.field(5).path,
    );
  const occurred = run.dateTime(rxa.field(3));
  if (occurred === undefined)
    throw new UnusablePart('vaccination-without-date', 'The vaccination has no date', rxa.field(3).path);
  const number = orderNumber(order.orc);
  const key =
    number === undefined ? `${conceptKey(vaccineCode)}|${occurred}` : `${number}|${conceptKey(vaccineCode)}`;
  const id = run.mapping.idOf('Immunization', `vaccination:${patient.id}:${key}`);
  if (textOf(rxa.field(21))?.toUpperCase() === 'D') {
    run.mapping.delete('Immunization', id, patient.id);
    return;
  }
  const { results } = partsOfOrder(order.members);
  const immunization: Immunization & { id: string } = {
    resourceType: 'Immunization',
    id,
    ...identifiersOf(order.orc, run),
    ...statusOf(rxa, run),
    vaccineCode,
    patient: patientReference(patient),
    ...encounterElement(patient),
    occurrenceDateTime: occurred,
    ...originOf(rxa, run),
    ...productOf(rxa, run),
    ...placeOf(order, rxa, run),
    ...performersOf(order.orc, rxa, run),
    ...noteOf(order),
    ...reasonOf(rxa, run),
    ...elementsAmong(results, run),
  };
  run.mapping.put(immunization, { patientId: patient.id, location: rxa.path });
  const others = results.filter(({ obx }) => !ownElements.has(textOf(obx.field(3)) ?? ''));
  const observed = { key: `vaccination:${id}`, obr: undefined, orc: order.orc, patient, basedOn: {} };
  mapResults(others, observed, run);
}

function identifiersOf(orc: Hl7Segment | undefined, run: Hl7Run): Pick<Immunization, 'identifier'> {
  const filler = orc === undefined ? undefined : identifierOf(orc.field(3).repetition(1), 'FILL', run);
  return filler === undefined ? {} : { identifier: [filler] };
}

/** RXA-20; a refusal (RXA-18) without it says the same. */
function statusOf(rxa: Hl7Segment, run: Hl7Run): Record<string, unknown> & { status: string } {
  const refusal = readCodedField(rxa.field(18), run);
  const stated = run.mapping.tables.findHl7('0322', textOf(rxa.field(20)));
  const status = stated ?? (refusal === undefined ? 'completed' : 'not-done');
  return { status, ...(status === 'not-done' && refusal !== undefined ? { statusReason: refusal } : {}) };
}

/** RXA-9 of the type "information source" (NIP001): 00 is a new record, the rest comes from elsewhere. */
function originOf(rxa: Hl7Segment, run: Hl7Run): Record<string, unknown> {
  for (const value of rxa.field(9).repetitions) {
    const code = textOf(value.component(1));
    if (textOf(value.component(3))?.toUpperCase() !== 'NIP001' || code === undefined) continue;
    if (code === '00') return { primarySource: true };
    const origin = readCodedOrText(value, run);
    return { primarySource: false, ...(origin === undefined ? {} : { reportOrigin: origin }) };
  }
  return {};
}

function productOf(rxa: Hl7Segment, run: Hl7Run): Partial<Immunization> {
  const manufacturer = textOf(rxa.field(17).component(2)) ?? textOf(rxa.field(17).component(1));
  const lot = textOf(rxa.field(15));
  const expires = run.dateTime(rxa.field(16));
  // 999: the amount is not known (HL7 v2.5 §4.14.7.6).
  const isKnown = !/^9{3,}$/.test(textOf(rxa.field(6)) ?? '');
  const dose = isKnown ? quantityOf(rxa.field(6), rxa.field(7), run) : undefined;
  return {
    ...(manufacturer === undefined ? {} : { manufacturer: { type: 'Organization', display: manufacturer } }),
    ...(lot === undefined ? {} : { lotNumber: lot }),
    ...(expires === undefined ? {} : { expirationDate: expires.slice(0, 10) }),
    ...(dose === undefined ? {} : { doseQuantity: dose }),
  };
}

function placeOf({ members }: OrderGroup, rxa: Hl7Segment, run: Hl7Run): Record<string, unknown> {
  const rxr = firstNamed(members, 'RXR');
  const route = rxr === undefined ? undefined : readCodedField(rxr.field(1), run, '0162');
  const site = rxr === undefined ? undefined : readCodedField(rxr.field(2), run, '0163');
  const place = [11, 27].map((field) => rxa.field(field).repetition(1)).find((value) => value.hasValue);
  const location = place === undefined ? undefined : referToLocation(place, run);
  return {
    ...(location === undefined ? {} : { location }),
    ...(site === undefined ? {} : { site }),
    ...(route === undefined ? {} : { route }),
  };
}

function performersOf(
  orc: Hl7Segment | undefined,
  rxa: Hl7Segment,
  run: Hl7Run,
): Pick<Immunization, 'performer'> {
  const entry = (actor: Reference | undefined, role: string): unknown[] =>
    actor === undefined ? [] : [{ function: concept(hl7TableSystem('0443'), role), actor }];
  const performer = [
    ...entry(referToProfessional(rxa.field(10).repetition(1), run), 'AP'),
    ...entry(requesterOf(orc, run), 'OP'),
  ];
  return performer.length === 0 ? {} : { performer };
}

function noteOf({ members }: OrderGroup): Pick<Immunization, 'note'> {
  const text = wordsOfNotes(named(members, 'NTE'));
  return text === undefined ? {} : { note: [{ text }] };
}

function reasonOf(rxa: Hl7Segment, run: Hl7Run): Record<string, unknown> {
  const reason = readCodedField(rxa.field(19), run);
  return reason === undefined ? {} : { reasonCode: [reason] };
}

function elementsAmong(results: readonly ObservationResult[], run: Hl7Run): Record<string, unknown> {
  const valueOf = (code: string): Hl7Segment | undefined =>
    results.find(({ obx }) => textOf(obx.field(3)) === code)?.obx;
  const [program, source, dose] = [eligibility, funding, doseNumber].map(valueOf);
  const eligible = program === undefined ? undefined : readCodedField(program.field(5), run);
  const fundingSource = source === undefined ? undefined : readCodedField(source.field(5), run);
  const count = dose === undefined ? undefined : textOf(dose.field(5));
  return {
    ...(eligible === undefined ? {} : { programEligibility: [eligible] }),
    ...(fundingSource === undefined ? {} : { fundingSource }),
    ...(count === undefined
      ? {}
      : {
          protocolApplied: [
            /^[1-9]\d?$/.test(count) ? { doseNumberPositiveInt: Number(count) } : { doseNumberString: count },
          ],
        }),
  };
}
