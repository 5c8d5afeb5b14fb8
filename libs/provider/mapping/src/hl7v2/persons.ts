import type { Hl7Segment } from '@samenhang/hl7v2';
import { mapAl1, mapIam } from './allergies.js';
import { mapCareTeam } from './care-teams.js';
import { mapContactPerson } from './contact-persons.js';
import { mapCoverage } from './coverages.js';
import { mapDiagnosis, type EncounterDiagnosis } from './diagnoses.js';
import { mapEncounter } from './encounters.js';
import type { Hl7Run } from './hl7-run.js';
import { mapLooseResults } from './observations.js';
import { mapPatient } from './patient.js';
import { firstNamed, headOf, named, type PatientGroup } from './patient-groups.js';
import { identifyPatient } from './patient-identity.js';
import type { PatientOfMessage } from './patient-of-message.js';
import { mapProcedures } from './procedures.js';

/** Which part of a group is the visit: PV1 is there for form in events about the person (HL7 v2.5 §3.3.28). */
export interface PersonOptions {
  readonly withVisit: boolean;
}

/**
 * The patient with all that a message says of them besides what it is for: visit, contact persons, insurance, allergies,
 * diagnoses, procedures, measurements. The visit is put out last, as the diagnoses stand in it.
 */
export function mapPerson(group: PatientGroup, run: Hl7Run, { withVisit }: PersonOptions): PatientOfMessage {
  const { pid, segments } = group;
  const head = headOf(group);
  const identity = identifyPatient(pid, run);
  const resource = mapPatient(pid, segments, identity, run);
  run.mapping.put(resource, { patientId: identity.id, location: pid.path, onlyIfAbsent: run.mentionsOnly });
  const pv1 = withVisit ? firstNamed(segments, 'PV1') : undefined;
  const visit = pv1 === undefined ? undefined : mapEncounter(pv1, segments, identity.id, run);
  const patient: PatientOfMessage = { id: identity.id, encounterId: visit?.encounter.id };
  forEach(segments, 'NK1', run, (nk1) => {
    mapContactPerson(nk1, patient, run);
  });
  mapCareTeam(segments, patient, run);
  forEach(segments, 'IN1', run, (in1) => {
    mapCoverage(in1, patient, run);
  });
  forEach(segments, 'AL1', run, (al1) => {
    mapAl1(al1, patient, run);
  });
  forEach(segments, 'IAM', run, (iam) => {
    mapIam(iam, patient, run);
  });
  const diagnoses: EncounterDiagnosis[] = [];
  forEach(head, 'DG1', run, (dg1) => {
    const diagnosis = mapDiagnosis(dg1, patient, run);
    if (diagnosis !== undefined) diagnoses.push(diagnosis);
  });
  mapProcedures(head, patient, run);
  if (visit !== undefined) {
    if (diagnoses.length > 0) visit.encounter.diagnosis = diagnoses;
    run.mapping.put(visit.encounter, {
      patientId: patient.id,
      location: visit.location,
      onlyIfAbsent: run.mentionsOnly,
    });
  }
  mapLooseResults(head, patient, run);
  return patient;
}

function forEach(
  segments: readonly Hl7Segment[],
  name: string,
  run: Hl7Run,
  work: (segment: Hl7Segment) => void,
): void {
  for (const segment of named(segments, name)) {
    run.part(segment, () => {
      work(segment);
    });
  }
}
