import type { Hl7Repetition, Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { codeSystems, hl7TableSystem } from '../fhir-systems.js';
import type { Coding, Encounter, Identifier, Period, Reference } from '../fhir-types.js';
import { identifierKey } from '../resource-id.js';
import { readCodedField } from './coded.js';
import { visitParticipants } from './care-teams.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { readPatientNumbers } from './identifiers.js';
import { firstNamed } from './patient-groups.js';
import { periodFrom } from './periods.js';
import { referToProfessional, referToOwnOrganization } from './professionals.js';

/** Fields of PV1 with care professionals, and their role in the visit (v3-ParticipationType). */
const participantFields = [
  [7, 'ATND'],
  [8, 'REF'],
  [9, 'CON'],
  [17, 'ADM'],
  [52, 'PART'],
] as const;

export interface EncounterDraft {
  readonly encounter: Encounter & { id: string };
  readonly location: string;
}

/**
 * PV1 as an Encounter. Undefined when PV1 speaks of no visit (class N), or of one that nothing identifies: without a visit
 * number or a time of admission the next message could not be about the same.
 */
export function mapEncounter(
  pv1: Hl7Segment,
  segments: readonly Hl7Segment[],
  patientId: string,
  run: Hl7Run,
): EncounterDraft | undefined {
  const patientClass = textOf(pv1.field(2))?.toUpperCase();
  if (patientClass === 'N') return undefined;
  const pv2 = firstNamed(segments, 'PV2');
  const period = periodOf(pv1, pv2, run);
  const numbers = readPatientNumbers(pv1.field(19), run);
  const alternates = readPatientNumbers(pv1.field(50), run);
  const number = (numbers[0] ?? alternates[0])?.identifier;
  const key =
    number === undefined
      ? startKey(patientId, period?.start, patientClass)
      : identifierKey(visitSystem(number, run), number.value);
  if (key === undefined) {
    run.report(
      'information',
      'encounter-without-identity',
      pv1,
      'The visit has no number and no time of admission and cannot be told from others',
    );
    return undefined;
  }
  const identifier = [...numbers, ...alternates].map((visit): Identifier => ({
    type: { coding: [{ system: hl7TableSystem('0203'), code: 'VN' }] },
    system: visitSystem(visit.identifier, run),
    value: visit.identifier.value,
  }));
  const encounter: Encounter & { id: string } = {
    resourceType: 'Encounter',
    id: run.mapping.idOf('Encounter', key),
    ...(identifier.length === 0 ? {} : { identifier }),
    status: statusOf(patientClass, period, run),
    class: classOf(patientClass, pv1, run),
    subject: { reference: `Patient/${patientId}`, type: 'Patient' },
    ...(period === undefined ? {} : { period }),
  };
  addPlaceAndPeople(encounter, pv1, segments, run);
  addReasons(encounter, pv1, pv2, run);
  return { encounter, location: pv1.path };
}

function visitSystem(number: { readonly system: string }, run: Hl7Run): string {
  const isUnnamed = number.system === run.mapping.settings.localIdentifierSystem;
  return isUnnamed ? `${run.mapping.sourceUri}/authority/visit` : number.system;
}

function startKey(
  patientId: string,
  start: string | undefined,
  patientClass: string | undefined,
): string | undefined {
  return start === undefined ? undefined : `visit:${patientId}:${start}:${patientClass ?? ''}`;
}

/** Events after which the visit is in this state, whatever the times in PV1 say. */
const overruling: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error', 'onleave']);

/**
 * What the event itself says of the visit (table 0003-encounter); other events leave it to the times in PV1. A cancel undoes
 * what it names: of an admission (A11) the visit, of a discharge (A13) its end, of a transfer (A12) the place alone.
 */
function statusOf(patientClass: string | undefined, period: Period | undefined, run: Hl7Run): string {
  const stated = run.mentionsOnly ? undefined : run.mapping.tables.findHl7('0003-encounter', run.trigger);
  if (stated !== undefined && overruling.has(stated)) return stated;
  if (period?.end !== undefined) return 'finished';
  if (stated !== undefined) return stated;
  if (patientClass === 'P') return 'planned';
  return period?.start === undefined ? 'unknown' : 'in-progress';
}

function periodOf(pv1: Hl7Segment, pv2: Hl7Segment | undefined, run: Hl7Run): Period | undefined {
  const event = run.message.segment('EVN')?.field(6);
  const occurred = event === undefined || run.mentionsOnly ? undefined : run.dateTime(event);
  const expected = ['A05', 'A14'].includes(run.trigger) ? pv2?.field(8) : undefined;
  const start =
    run.dateTime(pv1.field(44)) ??
    (['A01', 'A04'].includes(run.trigger) ? occurred : undefined) ??
    (expected === undefined ? undefined : run.dateTime(expected));
  const end =
    run.trigger === 'A13'
      ? undefined
      : (run.dateTime(pv1.field(45)) ?? (run.trigger === 'A03' ? occurred : undefined));
  return periodFrom(start, end, pv1.field(45), run);
}

function classOf(patientClass: string | undefined, pv1: Hl7Segment, run: Hl7Run): Coding {
  const code = run.mapping.tables.findHl7('0004', patientClass);
  if (code !== undefined) return { system: codeSystems.actCode, code };
  run.reportUnmapped(
    'unmapped-patient-class',
    '0004',
    pv1.field(2),
    'The patient class has no counterpart in v3-ActCode',
  );
  if (patientClass === undefined) return { system: codeSystems.nullFlavor, code: 'UNK' };
  return { system: `${run.mapping.sourceUri}/codes/0004`, code: patientClass };
}

function addPlaceAndPeople(
  encounter: Encounter,
  pv1: Hl7Segment,
  segments: readonly Hl7Segment[],
  run: Hl7Run,
): void {
  const participants: NonNullable<Encounter['participant']> = participantFields.flatMap(([field, role]) =>
    pv1.field(field).repetitions.flatMap((value) => {
      const individual = referToProfessional(value, run);
      if (individual === undefined) return [];
      return [{ type: [concept(codeSystems.participationType, role)], individual }];
    }),
  );
  participants.push(...visitParticipants(segments, run));
  if (participants.length > 0) encounter.participant = participants;
  const location = referToLocation(pv1.field(3).repetition(1), run);
  if (location !== undefined) encounter.location = [{ location }];
  encounter.serviceProvider = referToOwnOrganization(run);
}

/** A place (PL): point of care, room, bed, facility. */
export function referToLocation(place: Hl7Repetition, run: Hl7Run): Reference | undefined {
  const [pointOfCare, room, bed, facility] = [1, 2, 3, 4].map((number) => textOf(place.component(number)));
  const name =
    textOf(place.component(9)) ?? [pointOfCare, room, bed].filter((part) => part !== undefined).join(', ');
  if (name === '') return undefined;
  const id = run.mapping.idOf('Location', `place:${[facility, pointOfCare, room, bed, name].join('|')}`);
  run.mapping.put(
    {
      resourceType: 'Location',
      id,
      status: 'active',
      name,
      managingOrganization: referToOwnOrganization(run),
    },
    { patientId: null, location: place.path },
  );
  return { reference: `Location/${id}`, type: 'Location', display: name };
}

function addReasons(encounter: Encounter, pv1: Hl7Segment, pv2: Hl7Segment | undefined, run: Hl7Run): void {
  const reason = pv2 === undefined ? undefined : readCodedField(pv2.field(3), run);
  if (reason !== undefined) encounter.reasonCode = [reason];
  const service = readCodedField(pv1.field(10), run, '0069');
  if (service !== undefined) encounter['serviceType'] = service;
  const type = readCodedField(pv1.field(18), run, '0018');
  if (type !== undefined) encounter['type'] = [type];
  const priority = readCodedField(pv1.field(4), run, '0007');
  if (priority !== undefined) encounter['priority'] = priority;
  const admitSource = readCodedField(pv1.field(14), run, '0023');
  const dischargeDisposition = readCodedField(pv1.field(36), run, '0112');
  const reAdmission = readCodedField(pv1.field(13), run, '0092');
  const hospitalization = {
    ...(admitSource === undefined ? {} : { admitSource }),
    ...(reAdmission === undefined ? {} : { reAdmission }),
    ...(dischargeDisposition === undefined ? {} : { dischargeDisposition }),
  };
  if (Object.keys(hospitalization).length > 0) encounter.hospitalization = hospitalization;
}

/**
 * The visit that MRG-5 (or MRG-6) says to have got another number: what still speaks of it finds the one that goes on
 * through `partOf`.
 */
export function mapPriorVisit(mrg: Hl7Segment, successor: string, patientId: string, run: Hl7Run): void {
  const numbers = [5, 6].flatMap((field) => readPatientNumbers(mrg.field(field), run));
  for (const { identifier, path } of numbers) {
    const system = visitSystem(identifier, run);
    const id = run.mapping.idOf('Encounter', identifierKey(system, identifier.value));
    if (id === successor) continue;
    const encounter: Encounter & { id: string } = {
      resourceType: 'Encounter',
      id,
      identifier: [{ use: 'old', system, value: identifier.value }],
      status: 'entered-in-error',
      class: { system: codeSystems.nullFlavor, code: 'UNK' },
      subject: { reference: `Patient/${patientId}`, type: 'Patient' },
      partOf: { reference: `Encounter/${successor}`, type: 'Encounter' },
    };
    run.mapping.put(encounter, { patientId, location: path });
  }
}
