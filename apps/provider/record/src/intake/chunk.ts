import { findDataCategory, type FhirResource, type MappingIssue, type NewEvent } from '@samenhang/data-model';
import type { MergeStatement } from '../patients/merge-groups.js';
import type { PatientName } from '../patients/patient-table.js';
import type { ResourceChange } from '../resources/plan-writes.js';
import { serialiseResource } from '../resources/resource-body.js';
import type { SourceStamp } from '../resources/source-order.js';
import { checkMessage, type NormalisedEvent } from './check-message.js';

/** A chunk of events taken apart into what each says, ready to be applied together. */
export interface Chunk {
  readonly tenants: readonly string[];
  /** Patients are still named by their resource's id here. */
  readonly changes: readonly NamedChange[];
  readonly merges: readonly MergeStatement[];
  readonly patients: readonly PatientName[];
  readonly rejections: readonly NewEvent<'record.rejected'>[];
  /** Messages with a merge of a Patient with itself: the merge means nothing, the rest of the message holds. */
  readonly selfMerges: readonly string[];
}

export type NamedChange = Omit<ResourceChange, 'patientKey'> & { readonly patientId: string | null };

export function readChunk(events: readonly NormalisedEvent[]): Chunk {
  const changes: NamedChange[] = [];
  const merges: MergeStatement[] = [];
  const rejections: NewEvent<'record.rejected'>[] = [];
  const selfMerges: string[] = [];
  for (const event of events) {
    const { problems, resources } = checkMessage(event);
    if (problems.length > 0 || event.tenant === null) {
      rejections.push(rejectionOf(event, problems));
      continue;
    }
    changes.push(...changesOf(event, event.tenant, resources));
    for (const { survivor, replaced } of event.payload.merges) {
      if (survivor === replaced) selfMerges.push(event.payload.messageId);
      else merges.push({ tenant: event.tenant, survivor, replaced, position: event.payload.sourcePosition });
    }
  }
  const patients = [
    ...changes.flatMap(({ tenant, patientId }) => (patientId === null ? [] : [{ tenant, patientId }])),
    ...merges.flatMap(({ tenant, survivor, replaced }) =>
      [survivor, replaced].map((patientId) => ({ tenant, patientId })),
    ),
  ];
  return {
    tenants: [
      ...new Set(
        patients.concat(changes.map(({ tenant }) => ({ tenant, patientId: '' }))).map(({ tenant }) => tenant),
      ),
    ],
    changes,
    merges,
    patients: distinct(patients),
    rejections,
    selfMerges,
  };
}

function changesOf(
  event: NormalisedEvent,
  tenant: string,
  resources: readonly (FhirResource | undefined)[],
): NamedChange[] {
  const { sourceId, sourcePosition, receivedAt, mappingVersion } = event.payload;
  const stamp: SourceStamp = { sourceId, position: sourcePosition, receivedAt, mappingVersion };
  return event.payload.changes.map((change, index): NamedChange => {
    const { patientId, resourceType: type, id } = change;
    const resource = resources[index];
    if (change.action === 'delete' || resource === undefined) {
      return { tenant, type, id, stamp, patientId, category: null, mentioned: false, content: null };
    }
    return {
      tenant,
      type,
      id,
      stamp,
      patientId: type === 'Patient' ? id : patientId,
      category: findDataCategory(resource) ?? null,
      mentioned: change.onlyIfAbsent === true,
      content: { resource, serialised: serialiseResource(resource) },
    };
  });
}

function rejectionOf(event: NormalisedEvent, issues: readonly MappingIssue[]): NewEvent<'record.rejected'> {
  const { messageId, sourceId, mappingVersion } = event.payload;
  return {
    type: 'record.rejected',
    key: event.key,
    tenant: event.tenant,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    payload: { messageId, sourceId, stage: 'record', mappingVersion, issues },
  };
}

function distinct(names: readonly PatientName[]): PatientName[] {
  return [...new Map(names.map((name) => [`${name.tenant}/${name.patientId}`, name])).values()];
}
