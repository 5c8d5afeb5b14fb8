import type { Hl7Run } from './hl7-run.js';

/** Segments that the mapping reads, or that say nothing about the patient. */
const read: ReadonlySet<string> = new Set([
  'MSH',
  'SFT',
  'EVN',
  'PID',
  'PD1',
  'NK1',
  'PV1',
  'PV2',
  'MRG',
  'AL1',
  'IAM',
  'DG1',
  'ORC',
  'OBR',
  'OBX',
  'NTE',
  'SPM',
  'DSC',
]);

/** Segments that came and were not used, each name once with its number: nothing disappears in silence. */
export function reportUnmappedSegments(run: Hl7Run): void {
  const counts = new Map<string, number>();
  for (const { name } of run.message.all) {
    if (!read.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts) {
    run.report(
      'information',
      'unmapped-segment',
      { path: name },
      `${count} × ${name}: not part of this mapping`,
    );
  }
}
