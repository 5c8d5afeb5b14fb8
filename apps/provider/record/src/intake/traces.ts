import type { NewEvent } from '@samenhang/data-model';
import type { PatientNode } from '../patients/merge-groups.js';
import type { ReadMessage } from './chunk.js';

/**
 * Lets changes of availability carry the trace of a message that brought them about: of the patient's messages in the chunk
 * the last one.
 */
export function withTraces(
  changes: readonly NewEvent<'availability.changed'>[],
  messages: readonly ReadMessage[],
  ...groups: readonly (readonly PatientNode[])[]
): NewEvent<'availability.changed'>[] {
  const traces = tracesByPatient(messages);
  if (traces.size === 0 || changes.length === 0) return [...changes];
  const byBsn = new Map(
    groups.flat().flatMap(({ tenant, patientId, bsnKey }) => {
      const trace = traces.get(`${tenant}/${patientId}`);
      return trace === undefined || bsnKey === null ? [] : [[`${tenant}/${bsnKey}`, trace] as const];
    }),
  );
  return changes.map((change) => {
    const traceparent = byBsn.get(`${change.tenant ?? ''}/${change.payload.patientKey}`);
    return traceparent === undefined ? change : { ...change, traceparent };
  });
}

function tracesByPatient(messages: readonly ReadMessage[]): Map<string, string> {
  const traces = new Map<string, string>();
  for (const { tenant, event, changes, merges } of messages) {
    const { traceparent } = event;
    if (traceparent === undefined) continue;
    for (const { patientId } of changes)
      if (patientId !== null) traces.set(`${tenant}/${patientId}`, traceparent);
    for (const { replaced } of merges) traces.set(`${tenant}/${replaced}`, traceparent);
  }
  return traces;
}
