import type { Hl7Segment } from '@samenhang/hl7v2';
import { codeSystems, extensionUrls, hl7TableSystem } from '../fhir-systems.js';
import type { Extension, Patient, Reference } from '../fhir-types.js';
import { isGeneralPractitioner, rolesBehind } from './care-teams.js';
import { readAddresses, readContactPoints } from './contact-details.js';
import { readCodedField } from './coded.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { readName } from './names.js';
import { firstNamed } from './patient-groups.js';
import type { PatientIdentity } from './patient-identity.js';
import { referToProfessional } from './professionals.js';

/** PID and PD1 as a Patient. What was not sent is not stated; `""` leaves the element out, which deletes it. */
export function mapPatient(
  pid: Hl7Segment,
  segments: readonly Hl7Segment[],
  identity: PatientIdentity,
  run: Hl7Run,
): Patient & { id: string } {
  const patient: Patient & { id: string } = {
    resourceType: 'Patient',
    id: identity.id,
    identifier: identity.identifiers,
    active: true,
  };
  addNames(patient, pid, run);
  addContactDetails(patient, pid, run);
  addBirth(patient, pid, run);
  addDeath(patient, pid, run);
  addCodes(patient, pid, run);
  const practitioners = generalPractitioners(segments, run);
  if (practitioners.length > 0) patient.generalPractitioner = practitioners;
  return patient;
}

function addNames(patient: Patient, pid: Hl7Segment, run: Hl7Run): void {
  const names = pid.field(5).repetitions.flatMap((value, index) => readName(value, run, index === 0) ?? []);
  if (names.length > 0) patient.name = names;
  const mother = pid.field(6).component(1);
  const maidenName = textOf(mother.subcomponent(1)) ?? textOf(mother.subcomponent(3));
  if (maidenName !== undefined) {
    addExtension(patient, { url: extensionUrls.mothersMaidenName, valueString: maidenName });
  }
}

function addContactDetails(patient: Patient, pid: Hl7Segment, run: Hl7Run): void {
  const addresses = readAddresses(pid.field(11), run);
  if (addresses.length > 0) patient.address = addresses;
  const telecom = [
    ...readContactPoints(pid.field(13), run, 'home'),
    ...readContactPoints(pid.field(14), run, 'work'),
    ...readContactPoints(pid.field(40), run, undefined),
  ];
  if (telecom.length > 0) patient.telecom = telecom;
}

function addBirth(patient: Patient, pid: Hl7Segment, run: Hl7Run): void {
  const birth = run.dateTime(pid.field(7));
  if (birth !== undefined) {
    patient.birthDate = birth.slice(0, 10);
    if (birth.length > 10) {
      patient['_birthDate'] = { extension: [{ url: extensionUrls.birthTime, valueDateTime: birth }] };
    }
  }
  const order = textOf(pid.field(25));
  const multiple = textOf(pid.field(24))?.toUpperCase();
  if (order !== undefined && /^[1-9]\d?$/.test(order)) patient['multipleBirthInteger'] = Number(order);
  else if (multiple === 'Y' || multiple === 'N') patient['multipleBirthBoolean'] = multiple === 'Y';
}

function addDeath(patient: Patient, pid: Hl7Segment, run: Hl7Run): void {
  const date = run.dateTime(pid.field(29));
  const indicator = textOf(pid.field(30))?.toUpperCase();
  if (date !== undefined && indicator === 'N') {
    run.report(
      'error',
      'contradictory-death',
      pid.field(30),
      'A date of death and the statement that the patient lives contradict each other; neither is used',
    );
    return;
  }
  if (date !== undefined) patient.deceasedDateTime = date;
  else if (indicator === 'Y' || indicator === 'N') patient.deceasedBoolean = indicator === 'Y';
}

function addCodes(patient: Patient, pid: Hl7Segment, run: Hl7Run): void {
  const { tables } = run.mapping;
  const sex = textOf(pid.field(8));
  const gender = tables.findHl7('0001', sex);
  if (gender !== undefined) patient.gender = gender;
  else if (sex !== undefined)
    run.reportUnmapped(
      'unmapped-sex',
      '0001',
      pid.field(8),
      'The sex is no code of HL7 table 0001 and is left out',
    );
  const marital = readCodedField(pid.field(16), run, '0002');
  const status = marital?.coding?.[0]?.code;
  if (status !== undefined) {
    const code = tables.findHl7('0002', status);
    if (code !== undefined) patient.maritalStatus = { coding: [{ system: codeSystems.maritalStatus, code }] };
    else patient.maritalStatus = { coding: [{ system: hl7TableSystem('0002'), code: status.toUpperCase() }] };
  }
  const language = textOf(pid.field(15));
  if (language !== undefined) {
    const code = /^[a-z]{2}(?:-|$)/i.test(language)
      ? language.slice(0, 2).toLowerCase()
      : tables.findHl7('0296', language);
    if (code !== undefined)
      // The zib wants ISO 639-1, FHIR itself the same code in BCP 47.
      patient.communication = [
        {
          language: { coding: [codeSystems.language, codeSystems.bcp47].map((system) => ({ system, code })) },
        },
      ];
    else
      run.reportUnmapped(
        'unmapped-language',
        '0296',
        pid.field(15),
        'The language has no ISO 639-1 code and is left out',
      );
  }
}

/** PD1-4, and roles that say so (ROL, PRT). */
function generalPractitioners(segments: readonly Hl7Segment[], run: Hl7Run): Reference[] {
  const named =
    firstNamed(segments, 'PD1')
      ?.field(4)
      .repetitions.flatMap((value) => referToProfessional(value, run) ?? []) ?? [];
  const byRole = rolesBehind(['PID', 'PD1'], segments, run)
    .filter((statement) => isGeneralPractitioner(statement, run))
    .map(({ person }) => person);
  const known = new Set(named.map(({ reference }) => reference));
  return [...named, ...byRole.filter(({ reference }) => !known.has(reference))];
}

function addExtension(patient: Patient, extension: Extension): void {
  patient.extension = [...(patient.extension ?? []), extension];
}
