import type { Hl7Segment, ObservationGroup, ObservationResult } from '@samenhang/hl7v2';

/** An order with what it is about: ORC and the segments up to the next order. */
export interface OrderGroup {
  readonly orc: Hl7Segment | undefined;
  readonly members: readonly Hl7Segment[];
}

const details: ReadonlySet<string> = new Set(['OBR', 'RXO', 'RXE', 'RXD', 'RXG', 'RXA']);

/**
 * Splits orders. Each ORC opens one; without ORC a second detail segment of the same kind does (an order as it was
 * requested, encoded and dispensed has RXO, RXE and RXD together).
 */
export function orderGroups(segments: readonly Hl7Segment[]): OrderGroup[] {
  const groups: { orc: Hl7Segment | undefined; members: Hl7Segment[]; kinds: Set<string> }[] = [];
  for (const segment of segments) {
    const current = groups.at(-1);
    if (segment.name === 'ORC') groups.push({ orc: segment, members: [], kinds: new Set() });
    else if (details.has(segment.name)) {
      if (current === undefined || current.kinds.has(segment.name))
        groups.push({ orc: undefined, members: [segment], kinds: new Set([segment.name]) });
      else {
        current.members.push(segment);
        current.kinds.add(segment.name);
      }
    } else current?.members.push(segment);
  }
  return groups.filter(({ kinds, orc }) => kinds.size > 0 || orc !== undefined);
}

/** Results, notes and specimens behind an OBR, each with its own. */
export function partsOfOrder(
  members: readonly Hl7Segment[],
): Pick<ObservationGroup, 'notes' | 'results' | 'specimens'> {
  const notes: Hl7Segment[] = [];
  const results: ObservationResult[] = [];
  const specimens: { spm: Hl7Segment; results: ObservationResult[] }[] = [];
  let noteTarget: Hl7Segment[] | undefined = notes;
  let resultTarget = results;
  for (const segment of members) {
    if (segment.name === 'OBX') {
      const own: Hl7Segment[] = [];
      noteTarget = own;
      resultTarget.push({ obx: segment, notes: own });
    } else if (segment.name === 'SPM') {
      const specimen = { spm: segment, results: [] };
      resultTarget = specimen.results;
      noteTarget = undefined;
      specimens.push(specimen);
    } else if (segment.name === 'NTE') noteTarget?.push(segment);
  }
  return { notes, results, specimens };
}

/**
 * OUL^R22 and R23 tell of specimens, each with the orders it was taken for: the SPM comes before the OBR, and the ORC of
 * an order after it.
 */
export function ordersOfSpecimens(
  segments: readonly Hl7Segment[],
  pid: Hl7Segment | undefined,
): ObservationGroup[] {
  const groups: ObservationGroup[] = [];
  let spm: Hl7Segment | undefined;
  let open: { obr: Hl7Segment; orc: Hl7Segment | undefined; members: Hl7Segment[] } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { obr, orc, members } = open;
    const { notes, results } = partsOfOrder(members);
    const specimens = spm === undefined ? [] : [{ spm, results }];
    groups.push({ pid, orc, obr, notes, results: spm === undefined ? results : [], specimens, others: [] });
    open = undefined;
  };
  for (const segment of segments) {
    if (segment.name === 'SPM') {
      close();
      spm = segment;
    } else if (segment.name === 'OBR') {
      close();
      open = { obr: segment, orc: undefined, members: [] };
    } else if (segment.name === 'ORC' && open !== undefined) open.orc ??= segment;
    else open?.members.push(segment);
  }
  close();
  return groups;
}
