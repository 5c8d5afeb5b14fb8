import type { Hl7Segment } from '@samenhang/hl7v2';
import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';

/** What a message says of one patient. */
export interface PatientGroup {
  readonly pid: Hl7Segment;
  /** Everything that belongs to this patient, the PID included, in order. */
  readonly segments: readonly Hl7Segment[];
}

/**
 * One group for each PID. With one patient the whole message is about them, whatever the order of its segments: some
 * senders put PV1 first. With several a segment belongs to the PID before it.
 *
 * @throws MessageRejected when there is no PID
 */
export function patientGroups(run: Hl7Run): PatientGroup[] {
  const { all } = run.message;
  const pids = run.message.segments('PID');
  const [pid] = pids;
  if (pid === undefined) throw rejection('missing-segment', 'PID', 'The message has no PID');
  if (pids.length === 1) return [{ pid, segments: all }];
  return pids.map((one, index) => {
    const next = pids[index + 1];
    return {
      pid: one,
      segments: all.slice(all.indexOf(one), next === undefined ? undefined : all.indexOf(next)),
    };
  });
}

/** The one patient of a message that speaks of one. @throws MessageRejected */
export function onlyPatientGroup(run: Hl7Run): PatientGroup {
  const [group, ...others] = patientGroups(run);
  if (group === undefined || others.length > 0)
    throw rejection('several-patients', 'PID[2]', 'The message is about one patient and names several');
  return group;
}

/** Segments that open what a message is for; those before them describe the patient and the visit. */
const bodyHeads: ReadonlySet<string> = new Set(
  'ORC OBR RXO RXE RXD RXA RXG TXA PRB GOL PTH RGS AIS AIG AIL AIP SPM ODS RQD'.split(' '),
);

/** Segments of the group before its orders, documents or problems. */
export function headOf({ segments }: PatientGroup): readonly Hl7Segment[] {
  const end = segments.findIndex(({ name }) => bodyHeads.has(name));
  return end < 0 ? segments : segments.slice(0, end);
}

export function bodyOf(group: PatientGroup): readonly Hl7Segment[] {
  return group.segments.slice(headOf(group).length);
}

export function named(segments: readonly Hl7Segment[], name: string): Hl7Segment[] {
  return segments.filter((segment) => segment.name === name);
}

export function firstNamed(segments: readonly Hl7Segment[], name: string): Hl7Segment | undefined {
  return segments.find((segment) => segment.name === name);
}
