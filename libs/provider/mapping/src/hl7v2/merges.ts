import type { Hl7Segment } from '@samenhang/hl7v2';
import type { Patient } from '../fhir-types.js';
import { MessageRejected, rejection } from '../source-message.js';
import { mapPriorVisit } from './encounters.js';
import type { Hl7Run } from './hl7-run.js';
import { firstNamed, named, patientGroups, type PatientGroup } from './patient-groups.js';
import { mapPatient } from './patient.js';
import { identifyPatient, identifyPrior, type PatientIdentity } from './patient-identity.js';
import { mapPerson } from './persons.js';

/** Changes of a number: the prior one may be a mistake that names nobody. */
const numberChanges: ReadonlySet<string> = new Set(['A46', 'A47', 'A48']);

/**
 * ADT^A40 and its older forms: each PID survives what its MRG names. Both Patients are put out, linked to each other;
 * moving the facts is the record's work. A change of number (A47) is the same: another number is another Patient here.
 *
 * @throws MessageRejected when one of the two is not known for sure
 */
export function mapMerges(run: Hl7Run): void {
  for (const group of patientGroups(run)) mapMerge(group, run);
}

function mapMerge(group: PatientGroup, run: Hl7Run): void {
  const { pid, segments } = group;
  const mrgs = named(segments, 'MRG');
  if (mrgs.length === 0)
    throw rejection('missing-segment', `${pid.path} MRG`, 'The merge does not say which patient is replaced');
  const identity = identifyPatient(pid, run);
  const survivor = mapPatient(pid, segments, identity, run);
  for (const mrg of mrgs) {
    const prior = findPrior(mrg, identity, run);
    if (prior === undefined) continue;
    (survivor.link ??= []).push({
      other: { reference: `Patient/${prior.id}`, type: 'Patient' },
      type: 'replaces',
    });
    const replaced: Patient & { id: string } = {
      resourceType: 'Patient',
      id: prior.id,
      identifier: prior.identifiers.map((identifier) => ({ use: 'old', ...identifier })),
      active: false,
      link: [{ other: { reference: `Patient/${identity.id}`, type: 'Patient' }, type: 'replaced-by' }],
    };
    run.mapping.put(replaced, { patientId: prior.id, location: mrg.path });
    run.mapping.merges.push({ survivor: identity.id, replaced: prior.id });
  }
  run.mapping.put(survivor, { patientId: identity.id, location: pid.path });
}

/** Whom MRG-1 names; undefined where a corrected number names nobody, or the same patient by another of their numbers. */
function findPrior(mrg: Hl7Segment, identity: PatientIdentity, run: Hl7Run): PatientIdentity | undefined {
  const isChange = numberChanges.has(run.trigger);
  try {
    const prior = identifyPrior(mrg, run);
    if (prior.id !== identity.id) return prior;
  } catch (error) {
    if (!isChange || !(error instanceof MessageRejected)) throw error;
    const [issue] = error.issues;
    run.report(
      'warning',
      'prior-number-unusable',
      { path: issue?.location ?? mrg.path },
      'The prior number names nobody; the patient has the numbers of this message',
    );
    return undefined;
  }
  if (isChange) return undefined;
  throw rejection('merge-with-itself', mrg.field(1).path, 'A patient cannot be merged with itself');
}

/**
 * Merges and changes of number of accounts (A35, A41, A49) and visits (A42, A50, A51). Accounts are no part of the record;
 * of visits the one with the prior number gives way.
 *
 * @throws MessageRejected when they are said to be of another patient: that would be a move
 */
export function mapVisitMerges(run: Hl7Run): void {
  for (const group of patientGroups(run)) {
    const patient = mapPerson(group, run, { withVisit: true });
    for (const mrg of named(group.segments, 'MRG')) {
      if (mrg.field(1).hasValue && identifyPrior(mrg, run).id !== patient.id)
        throw rejection(
          'visit-of-other-patient',
          mrg.field(1).path,
          'The account or visit is said to be of another patient; a move between patients is not supported',
        );
      if (patient.encounterId !== undefined) mapPriorVisit(mrg, patient.encounterId, patient.id, run);
    }
    if (firstNamed(group.segments, 'MRG') === undefined)
      throw rejection(
        'missing-segment',
        `${group.pid.path} MRG`,
        'The message does not say what is replaced',
      );
  }
}
