import {
  assertHeader,
  Hl7ParseError,
  parseMessage,
  type Hl7Message,
  type Hl7Segment,
} from '@samenhang/hl7v2';
import type { MessageMapping } from '../message-mapping.js';
import { rejection } from '../source-message.js';
import { mapAl1, mapIam } from './allergies.js';
import { mapContactPerson } from './contact-persons.js';
import { mapDiagnosis, type EncounterDiagnosis } from './diagnoses.js';
import { mapEncounter, type EncounterDraft } from './encounters.js';
import { Hl7Run } from './hl7-run.js';
import { mapMerges } from './merges.js';
import { mapLooseResults, mapOrders } from './observations.js';
import { mapPatient } from './patient.js';
import { identifyPatient } from './patient-identity.js';
import type { PatientOfMessage } from './patient-of-message.js';
import { reportUnmappedSegments } from './unmapped-segments.js';

const admissions: ReadonlySet<string> = new Set([
  'A01',
  'A02',
  'A03',
  'A04',
  'A05',
  'A06',
  'A07',
  'A08',
  'A11',
  'A12',
  'A13',
  'A28',
  'A31',
]);
/** Events about the person, whatever their PV1 says (HL7 v2.5 §3.3.28: PV1 is there for form only). */
const personEvents: ReadonlySet<string> = new Set(['A28', 'A31']);

/** HL7 v2 to nl-core. @throws MessageRejected */
export function normaliseHl7v2(content: Buffer, mapping: MessageMapping): void {
  const message = readMessage(content, mapping.settings.defaultCharset);
  const run = new Hl7Run(message, mapping);
  if (message.charset.doubtful) {
    run.report(
      'warning',
      'doubtful-character-set',
      { path: 'MSH-18' },
      'The bytes speak against the declared character set',
    );
  }
  const { code = '', trigger = '' } = message.type;
  if (code === 'ADT' && trigger === 'A40') mapMerges(run);
  else if (code === 'ADT' && admissions.has(trigger)) mapAdmission(run);
  else if (code === 'ORU' && trigger === 'R01') mapResults(run);
  else
    throw rejection(
      'unsupported-message-type',
      'MSH-9',
      `Messages of type ${safeType(code, trigger)} are not supported`,
    );
  reportUnmappedSegments(run);
}

function readMessage(content: Buffer, defaultCharset: string): Hl7Message {
  try {
    const message = parseMessage(content, { defaultCharset });
    assertHeader(message);
    return message;
  } catch (error) {
    if (!(error instanceof Hl7ParseError)) throw error;
    throw rejection('invalid-message', error.segment, error.message);
  }
}

/** A type is repeated only when it looks like one: anything else in its place may be patient data. */
function safeType(code: string, trigger: string): string {
  return /^[A-Z]{3}$/.test(code) && /^[A-Z]\d\d$/.test(trigger) ? `${code}^${trigger}` : 'this kind';
}

function mapAdmission(run: Hl7Run): void {
  const pids = run.message.segments('PID');
  const [pid] = pids;
  if (pid === undefined) throw rejection('missing-segment', 'PID', 'The message has no PID');
  if (pids.length > 1)
    throw rejection('several-patients', 'PID[2]', 'The message is about one patient and names several');
  const { patient, encounter } = mapPerson(pid, run, !personEvents.has(run.trigger));
  for (const al1 of run.message.segments('AL1'))
    run.part(al1, () => {
      mapAl1(al1, patient, run);
    });
  for (const iam of run.message.segments('IAM'))
    run.part(iam, () => {
      mapIam(iam, patient, run);
    });
  const diagnoses = mapDiagnoses(patient, run);
  if (encounter !== undefined) putEncounter(encounter, diagnoses, patient, run);
  mapLooseResults(patient, run);
}

/** The patients of a result message are mentioned, not described: see `onlyIfAbsent`. */
function mapResults(run: Hl7Run): void {
  if (run.message.segment('PID') === undefined)
    throw rejection('missing-segment', 'PID', 'The message has no PID');
  const patients = new Map<Hl7Segment, PatientOfMessage>();
  const several = run.message.segments('PID').length > 1;
  for (const pid of run.message.segments('PID')) {
    const { patient, encounter } = mapPerson(pid, run, !several);
    if (encounter !== undefined) putEncounter(encounter, [], patient, run);
    patients.set(pid, patient);
  }
  mapOrders((pid) => (pid === undefined ? undefined : patients.get(pid)), run);
}

interface Person {
  readonly patient: PatientOfMessage;
  readonly encounter: EncounterDraft | undefined;
}

function mapPerson(pid: Hl7Segment, run: Hl7Run, withEncounter: boolean): Person {
  const identity = identifyPatient(pid, run);
  const resource = mapPatient(pid, run.message.segment('PD1'), identity, run);
  run.mapping.put(resource, { patientId: identity.id, location: pid.path, onlyIfAbsent: run.mentionsOnly });
  const pv1 = withEncounter ? run.message.segment('PV1') : undefined;
  const encounter =
    pv1 === undefined ? undefined : mapEncounter(pv1, run.message.segment('PV2'), identity.id, run);
  const patient = { id: identity.id, encounterId: encounter?.encounter.id };
  for (const nk1 of run.message.segments('NK1'))
    run.part(nk1, () => {
      mapContactPerson(nk1, patient, run);
    });
  return { patient, encounter };
}

function mapDiagnoses(patient: PatientOfMessage, run: Hl7Run): EncounterDiagnosis[] {
  const diagnoses: EncounterDiagnosis[] = [];
  for (const dg1 of run.message.segments('DG1')) {
    run.part(dg1, () => {
      const diagnosis = mapDiagnosis(dg1, patient, run);
      if (diagnosis !== undefined) diagnoses.push(diagnosis);
    });
  }
  return diagnoses;
}

function putEncounter(
  { encounter, location }: EncounterDraft,
  diagnoses: EncounterDiagnosis[],
  patient: PatientOfMessage,
  run: Hl7Run,
): void {
  if (diagnoses.length > 0) encounter.diagnosis = diagnoses;
  run.mapping.put(encounter, { patientId: patient.id, location, onlyIfAbsent: run.mentionsOnly });
}
