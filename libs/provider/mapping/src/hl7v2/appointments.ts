import type { Hl7Segment } from '@samenhang/hl7v2';
import { addMinutes } from '../datatypes/moments.js';
import { rejection } from '../source-message.js';
import type { CodeableConcept, Reference } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { referToLocation } from './encounters.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { entityKey, identifierOf } from './identifiers.js';
import { wordsOfNotes } from './order-states.js';
import { firstNamed, named, onlyPatientGroup } from './patient-groups.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';
import { referToProfessional } from './professionals.js';

/** SIU: an appointment. A cancel changes the appointment's status and leaves all else as it was. */
export function mapAppointmentMessage(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const { segments } = group;
  const sch = firstNamed(segments, 'SCH');
  if (sch === undefined)
    throw rejection('missing-segment', 'SCH', 'The message does not describe an appointment');
  const numbers = [1, 2].map((field) => sch.field(field).repetition(1));
  // Either side may give its number first; the filler keeps the calendar.
  const number = entityKey(sch.field(2).repetition(1)) ?? entityKey(sch.field(1).repetition(1));
  if (number === undefined)
    throw rejection(
      'appointment-without-number',
      sch.field(2).path,
      'The appointment has no number of its own',
    );
  const patient = mapPerson(group, run, { withVisit: true });
  const identifier = numbers.flatMap(
    (value, index) => identifierOf(value, index === 0 ? 'PLAC' : 'FILL', run) ?? [],
  );
  const status = statusOf(sch, run);
  run.mapping.put(
    {
      resourceType: 'Appointment',
      id: run.mapping.idOf('Appointment', `appointment:${patient.id}:${number}`),
      identifier,
      ...describe(sch, segments, run),
      ...timeOf(sch, segments, status, run),
      ...wordsOf(segments),
      participant: participantsOf(segments, patient, status, run),
    },
    { patientId: patient.id, location: sch.path },
  );
}

/** The event decides where it ends the appointment; else the filler's status (SCH-25); else it is booked. */
function statusOf(sch: Hl7Segment, run: Hl7Run): string {
  const { tables } = run.mapping;
  return (
    tables.findHl7('0003-appointment', run.trigger) ??
    tables.findHl7('0278', textOf(sch.field(25))) ??
    'booked'
  );
}

function describe(sch: Hl7Segment, segments: readonly Hl7Segment[], run: Hl7Run): Record<string, unknown> {
  const concepts = (name: string): CodeableConcept[] =>
    named(segments, name).flatMap((segment) => readCodedField(segment.field(3), run) ?? []);
  const appointmentType = readCodedField(sch.field(8), run, '0277');
  const reason = readCodedField(sch.field(7), run, '0276');
  const eventReason = readCodedField(sch.field(6), run);
  const isEnd = ['S15', 'S16', 'S17'].includes(run.trigger);
  const serviceType = concepts('AIS');
  const reasonCode = [reason, isEnd ? undefined : eventReason].filter((one) => one !== undefined);
  return {
    ...(isEnd && eventReason !== undefined ? { cancelationReason: eventReason } : {}),
    ...(serviceType.length === 0 ? {} : { serviceType }),
    ...(appointmentType === undefined ? {} : { appointmentType }),
    ...(reasonCode.length === 0 ? {} : { reasonCode }),
  };
}

/** Statuses in which an appointment may have no time (FHIR app-3). */
const timeless: ReadonlySet<string> = new Set(['proposed', 'cancelled', 'waitlist']);

/**
 * Start and end from SCH-11, TQ1 or the resources (AIS, AIG, AIL, AIP). An end that was not stated follows from the
 * duration; without both the appointment is no more than proposed in FHIR (app-3).
 */
function timeOf(
  sch: Hl7Segment,
  segments: readonly Hl7Segment[],
  status: string,
  run: Hl7Run,
): Record<string, unknown> & { status: string } {
  const start = startOf(sch, segments, run);
  const minutes = durationOf(sch, segments);
  const tq1 = firstNamed(segments, 'TQ1');
  const stated =
    run.dateTime(sch.field(11).component(5)) ?? (tq1 === undefined ? undefined : run.dateTime(tq1.field(8)));
  const end =
    stated ?? (start === undefined || minutes === undefined ? undefined : addMinutes(start, minutes));
  const duration = minutes === undefined ? {} : { minutesDuration: minutes };
  if (isInstant(start) && isInstant(end) && Date.parse(end) >= Date.parse(start))
    return { status, start, end, ...duration };
  const requested = start === undefined ? {} : { requestedPeriod: [{ start }] };
  if (timeless.has(status)) return { status, ...duration, ...requested };
  run.report(
    'warning',
    'appointment-without-time',
    sch.field(11),
    'The appointment has no start and end; it is kept as proposed',
  );
  return { status: 'proposed', ...duration, ...requested };
}

function startOf(sch: Hl7Segment, segments: readonly Hl7Segment[], run: Hl7Run): string | undefined {
  const places = [
    sch.field(11).component(4),
    firstNamed(segments, 'TQ1')?.field(7),
    firstNamed(segments, 'AIS')?.field(4),
    firstNamed(segments, 'AIG')?.field(8),
    firstNamed(segments, 'AIL')?.field(6),
    firstNamed(segments, 'AIP')?.field(6),
  ];
  const place = places.find((one) => one?.hasValue === true);
  return place === undefined ? undefined : run.dateTime(place);
}

/** Minutes, where the unit says so or says hours. */
function durationOf(sch: Hl7Segment, segments: readonly Hl7Segment[]): number | undefined {
  const ais = firstNamed(segments, 'AIS');
  const aip = firstNamed(segments, 'AIP');
  const pairs = [
    [sch.field(9), sch.field(10)],
    ...(ais === undefined ? [] : [[ais.field(7), ais.field(8)] as const]),
    ...(aip === undefined ? [] : [[aip.field(9), aip.field(10)] as const]),
  ] as const;
  for (const [amount, unit] of pairs) {
    const value = textOf(amount);
    if (value === undefined || !/^[1-9]\d{0,4}$/.test(value)) continue;
    const word = textOf(unit)?.toLowerCase() ?? '';
    if (/^h(?:r|our|ours)?$/.test(word)) return Number(value) * 60;
    if (/^(?:min|m|minute|minutes|minuten|minuut)$/.test(word)) return Number(value);
  }
  return undefined;
}

function isInstant(moment: string | undefined): moment is string {
  return moment !== undefined && moment.length > 19;
}

function wordsOf(segments: readonly Hl7Segment[]): Record<string, unknown> {
  const comment = wordsOfNotes(named(segments, 'NTE'));
  return comment === undefined ? {} : { comment };
}

function participantsOf(
  segments: readonly Hl7Segment[],
  patient: PatientOfMessage,
  status: string,
  run: Hl7Run,
): Record<string, unknown>[] {
  const acceptance = ['pending', 'proposed', 'waitlist'].includes(status) ? 'needs-action' : 'accepted';
  const people = named(segments, 'AIP').flatMap((aip) => {
    const actor = referToProfessional(aip.field(3).repetition(1), run);
    const role = readCodedField(aip.field(4), run);
    return actor === undefined ? [] : [{ actor, ...(role === undefined ? {} : { type: [role] }) }];
  });
  const places = named(segments, 'AIL').flatMap((ail) => {
    const actor = referToLocation(ail.field(3).repetition(1), run);
    return actor === undefined ? [] : [{ actor }];
  });
  const resources = named(segments, 'AIG').flatMap((aig): { actor: Reference }[] => {
    const display = textOf(aig.field(3).component(2)) ?? textOf(aig.field(3));
    return display === undefined ? [] : [{ actor: { display } }];
  });
  return [{ actor: patientReference(patient) }, ...people, ...places, ...resources].map((participant) => ({
    ...participant,
    status: acceptance,
  }));
}
