import type { Patient } from '../fhir-types.js';
import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';
import { onlyPatientGroup, patientGroups } from './patient-groups.js';
import { identifyPatient } from './patient-identity.js';
import { mapPatient } from './patient.js';
import { mapPerson } from './persons.js';

/** Events about the person, whatever their PV1 says (HL7 v2.5 §3.3.28: PV1 is there for form only). */
const personEvents: ReadonlySet<string> = new Set(['A28', 'A31', 'A60']);

/** An event of a visit or a person; a swap of beds (A17) speaks of two patients, each with their visit. */
export function mapAdmission(run: Hl7Run): void {
  const groups = run.trigger === 'A17' ? patientGroups(run) : [onlyPatientGroup(run)];
  for (const group of groups) mapPerson(group, run, { withVisit: !personEvents.has(run.trigger) });
}

/**
 * A29 takes away what A28 gave: the person's demographic data. Their numbers stay, on an inactive Patient, because what is
 * known of their health still speaks of them.
 */
export function mapPersonDeletion(run: Hl7Run): void {
  const { pid } = onlyPatientGroup(run);
  const identity = identifyPatient(pid, run);
  const patient: Patient & { id: string } = {
    resourceType: 'Patient',
    id: identity.id,
    identifier: identity.identifiers,
    active: false,
  };
  run.mapping.put(patient, { patientId: identity.id, location: pid.path });
}

/** A24: two records that the source keeps apart are about one person. */
export function mapLinks(run: Hl7Run): void {
  const [one, other] = readPair(run);
  for (const [person, counterpart] of [
    [one, other],
    [other, one],
  ] as const) {
    person.link = [{ other: { reference: `Patient/${counterpart.id}`, type: 'Patient' }, type: 'seealso' }];
    run.mapping.put(person, { patientId: person.id, location: 'PID' });
  }
}

/** A37: a link or merge of two patients is undone; each stands on its own again, with what this message says of them. */
export function mapUnlinks(run: Hl7Run): void {
  const [one, other] = readPair(run);
  for (const person of [one, other]) run.mapping.put(person, { patientId: person.id, location: 'PID' });
  // The message does not say which of the two had been replaced.
  run.mapping.merges.push(
    { survivor: one.id, replaced: other.id, undone: true },
    { survivor: other.id, replaced: one.id, undone: true },
  );
}

type IdentifiedPatient = Patient & { id: string };

/** @throws MessageRejected when the message does not name two different patients */
function readPair(run: Hl7Run): [IdentifiedPatient, IdentifiedPatient] {
  const [one, other, ...more] = patientGroups(run).map(({ pid, segments }) =>
    mapPatient(pid, segments, identifyPatient(pid, run), run),
  );
  if (one === undefined || other === undefined || more.length > 0)
    throw rejection(
      'two-patients-expected',
      'PID',
      'The message links or unlinks two patients and names another number',
    );
  if (one.id === other.id)
    throw rejection(
      'linked-with-itself',
      'PID[2]-3',
      'A patient cannot be linked with or unlinked from itself',
    );
  return [one, other];
}
