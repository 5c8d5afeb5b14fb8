import type { Resource } from './fhir.js';

interface AuditEntity {
  readonly what?: { readonly identifier?: { readonly value?: string } };
}

/** Events of an audit trail that belong to one trace. */
export function eventsOfTrace(trail: readonly Resource[], traceId: string): Resource[] {
  return trail.filter((event) =>
    ((event['entity'] ?? []) as AuditEntity[]).some(({ what }) => what?.identifier?.value === traceId),
  );
}

/** AuditEvent.outcome of what was refused and of what was done. */
export const refused = '4';
export const done = '0';
