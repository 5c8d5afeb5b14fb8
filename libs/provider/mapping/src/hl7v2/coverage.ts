import type { Hl7Message, Hl7Segment, ReadCoverage } from '@samenhang/hl7v2';
import type { MessageMapping } from '../message-mapping.js';
import type { MappingObservationCount } from '../source-message.js';

interface Count {
  used: number;
  unused: number;
}

/**
 * What the message carried and what of it was read: the coverage of the mapping, which no mapping function has to state.
 * Fields that steer the message or number its segments count as used.
 */
export function observeCoverage(
  message: Hl7Message,
  coverage: ReadCoverage,
  messageType: string,
  mapping: MessageMapping,
): void {
  const fields = new Map<string, Count>();
  const unused = new Set<Hl7Segment>();
  const used = new Set<Hl7Segment>();
  coverage.visit(message, (segment, field, component, wasRead) => {
    const steers = mapping.tables.isControlField(segment.name, field);
    if (wasRead) used.add(segment);
    else if (!steers) unused.add(segment);
    if (component === 0 || !steers) count(fields, pathOf(segment.name, field, component), wasRead || steers);
  });
  const segments = new Map<string, Count>();
  for (const segment of message.all) count(segments, segment.name, used.has(segment) || !unused.has(segment));
  mapping.addObservations([
    ...toObservations('field', fields, messageType),
    ...toObservations('segment', segments, messageType),
  ]);
}

/** Segments that came and were not used, each name once with its number: nothing disappears in silence. */
export function reportUnusedSegments(mapping: MessageMapping): void {
  for (const { kind, path, used, count } of mapping.observations) {
    if (kind !== 'segment' || used) continue;
    mapping.report('information', 'unmapped-segment', path, `${count} × ${path}: not part of this mapping`);
  }
}

function count(counts: Map<string, Count>, path: string, isUsed: boolean): void {
  let known = counts.get(path);
  if (known === undefined) {
    known = { used: 0, unused: 0 };
    counts.set(path, known);
  }
  if (isUsed) known.used += 1;
  else known.unused += 1;
}

function toObservations(
  kind: 'field' | 'segment',
  counts: ReadonlyMap<string, Count>,
  messageType: string,
): MappingObservationCount[] {
  const observations: MappingObservationCount[] = [];
  for (const [path, { used, unused }] of counts) {
    if (used > 0) observations.push({ kind, messageType, path, used: true, count: used });
    if (unused > 0) observations.push({ kind, messageType, path, used: false, count: unused });
  }
  return observations;
}

/** Paths of fields (`OBX-5`) and components (`OBX-5.2`) by segment: the same ones occur in all messages. */
const paths = new Map<string, string[]>();
const KNOWN_SEGMENTS = 500;
const COMPONENTS = 64;

function pathOf(segment: string, field: number, component: number): string {
  let known = paths.get(segment);
  if (known === undefined) {
    known = [];
    if (paths.size < KNOWN_SEGMENTS) paths.set(segment, known);
  }
  if (field >= COMPONENTS || component >= COMPONENTS) return writePath(segment, field, component);
  const index = field * COMPONENTS + component;
  return (known[index] ??= writePath(segment, field, component));
}

function writePath(segment: string, field: number, component: number): string {
  return component === 0 ? `${segment}-${field}` : `${segment}-${field}.${component}`;
}
