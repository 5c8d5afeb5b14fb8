import type { Hl7Message, Hl7Segment, ReadCoverage } from '@samenhang/hl7v2';
import type { MessageMapping } from '../message-mapping.js';
import control from '../tables/hl7-control-fields.json' with { type: 'json' };

const controlFields: ReadonlyMap<string, ReadonlySet<number> | '*'> = new Map(
  Object.entries(control)
    .filter(([name]) => name !== 'title')
    .map(([name, fields]) => [name, fields === '*' ? fields : new Set(fields.split(' ').map(Number))]),
);

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
  const unused = new Set<Hl7Segment>();
  const used = new Set<Hl7Segment>();
  coverage.visit(message, (segment, field, component, wasRead) => {
    const steers = isControl(segment.name, field);
    if (wasRead) used.add(segment);
    else if (!steers) unused.add(segment);
    if (component > 0 && steers) return;
    const path = component === 0 ? `${segment.name}-${field}` : `${segment.name}-${field}.${component}`;
    mapping.observe({ kind: 'field', messageType, path, used: wasRead || steers });
  });
  for (const segment of message.all) {
    const isUsed = used.has(segment) || !unused.has(segment);
    mapping.observe({ kind: 'segment', messageType, path: segment.name, used: isUsed });
  }
}

/** Segments that came and were not used, each name once with its number: nothing disappears in silence. */
export function reportUnusedSegments(mapping: MessageMapping): void {
  for (const { kind, path, used, count } of mapping.observations) {
    if (kind !== 'segment' || used) continue;
    mapping.report('information', 'unmapped-segment', path, `${count} × ${path}: not part of this mapping`);
  }
}

function isControl(segment: string, field: number): boolean {
  const fields = controlFields.get(segment);
  return fields === '*' || fields?.has(field) === true;
}
