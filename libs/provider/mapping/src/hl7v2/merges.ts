import { groupSegments } from '@samenhang/hl7v2';
import type { Patient } from '../fhir-types.js';
import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';
import { mapPatient } from './patient.js';
import { identifyPatient, identifyPrior } from './patient-identity.js';

/**
 * ADT^A40: each PID survives what its MRG names. Both Patients are put out, linked to each other; moving the facts is the
 * record's work.
 *
 * @throws MessageRejected when one of the two is not known for sure
 */
export function mapMerges(run: Hl7Run): void {
  const groups = groupSegments(run.message.all, ['PID']);
  if (groups.length === 0) throw rejection('missing-segment', 'PID', 'The message has no PID');
  for (const { head: pid, members } of groups) {
    const mrgs = members.filter((segment) => segment.name === 'MRG');
    if (mrgs.length === 0)
      throw rejection(
        'missing-segment',
        `${pid.path} MRG`,
        'The merge does not say which patient is replaced',
      );
    const identity = identifyPatient(pid, run);
    const survivor = mapPatient(
      pid,
      members.find((segment) => segment.name === 'PD1'),
      identity,
      run,
    );
    for (const mrg of mrgs) {
      const prior = identifyPrior(mrg, run);
      if (prior.id === identity.id)
        throw rejection('merge-with-itself', mrg.field(1).path, 'A patient cannot be merged with itself');
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
}
