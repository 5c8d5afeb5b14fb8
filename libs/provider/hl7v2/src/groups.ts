import type { Hl7Message } from './message.js';
import type { Hl7Segment } from './segment.js';

/** A segment and what belongs to it: everything up to the next segment that opens a group. */
export interface Hl7Group {
  readonly head: Hl7Segment;
  /** What follows the head, in order. */
  readonly members: readonly Hl7Segment[];
}

/** Splits segments into groups at each segment of the given names; what precedes the first one is in no group. */
export function groupSegments(segments: readonly Hl7Segment[], heads: readonly string[]): Hl7Group[] {
  const groups: { head: Hl7Segment; members: Hl7Segment[] }[] = [];
  for (const segment of segments) {
    if (heads.includes(segment.name)) groups.push({ head: segment, members: [] });
    else groups.at(-1)?.members.push(segment);
  }
  return groups;
}

export interface ObservationResult {
  readonly obx: Hl7Segment;
  readonly notes: readonly Hl7Segment[];
}

export interface SpecimenGroup {
  readonly spm: Hl7Segment;
  readonly results: readonly ObservationResult[];
}

/** ORDER_OBSERVATION of ORU^R01 (HL7 v2.5 §7.3.1). */
export interface ObservationGroup {
  /** The PID in force: a message may carry several patients. */
  readonly pid: Hl7Segment | undefined;
  readonly orc: Hl7Segment | undefined;
  readonly obr: Hl7Segment;
  /** NTE that follow the OBR itself. */
  readonly notes: readonly Hl7Segment[];
  readonly results: readonly ObservationResult[];
  readonly specimens: readonly SpecimenGroup[];
  /** Segments of the group that have no place above (TQ1, CTD, FT1, Z segments …). */
  readonly others: readonly Hl7Segment[];
}

/** The observation groups of an ORU message in order. OBX before the first OBR belong to none; see `looseResults`. */
export function observationGroups(message: Hl7Message): ObservationGroup[] {
  const groups: ObservationGroup[] = [];
  let pid: Hl7Segment | undefined;
  let orc: Hl7Segment | undefined;
  let members: Hl7Segment[] | undefined;
  let obr: Hl7Segment | undefined;
  const close = (): void => {
    if (obr !== undefined && members !== undefined) groups.push(buildGroup(pid, orc, obr, members));
    obr = undefined;
    members = undefined;
    orc = undefined;
  };
  for (const segment of message.all) {
    if (segment.name === 'PID') {
      close();
      pid = segment;
    } else if (segment.name === 'ORC') {
      close();
      orc = segment;
    } else if (segment.name === 'OBR') {
      const own = obr === undefined ? orc : undefined;
      close();
      orc = own;
      obr = segment;
      members = [];
    } else members?.push(segment);
  }
  close();
  return groups;
}

function buildGroup(
  pid: Hl7Segment | undefined,
  orc: Hl7Segment | undefined,
  obr: Hl7Segment,
  members: readonly Hl7Segment[],
): ObservationGroup {
  const notes: Hl7Segment[] = [];
  const results: { obx: Hl7Segment; notes: Hl7Segment[] }[] = [];
  const specimens: { spm: Hl7Segment; results: { obx: Hl7Segment; notes: Hl7Segment[] }[] }[] = [];
  const others: Hl7Segment[] = [];
  let noteTarget = notes;
  let resultTarget = results;
  for (const segment of members) {
    if (segment.name === 'OBX') {
      const result = { obx: segment, notes: [] };
      noteTarget = result.notes;
      resultTarget.push(result);
    } else if (segment.name === 'SPM') {
      const specimen = { spm: segment, results: [] };
      resultTarget = specimen.results;
      specimens.push(specimen);
    } else if (segment.name === 'NTE') noteTarget.push(segment);
    else others.push(segment);
  }
  return { pid, orc, obr, notes, results, specimens, others };
}

/** OBX segments before any OBR: in ADT they speak of the patient, in ORU they are misplaced. */
export function looseResults(message: Hl7Message): Hl7Segment[] {
  const firstObr = message.all.findIndex((segment) => segment.name === 'OBR');
  const before = firstObr < 0 ? message.all : message.all.slice(0, firstObr);
  return before.filter((segment) => segment.name === 'OBX');
}
