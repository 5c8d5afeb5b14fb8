import { findDataCategory, type FhirResource, type MappingIssue, type NewEvent } from '@samenhang/data-model';
import type { MergeStatement } from '../patients/merge-groups.js';
import type { PatientName } from '../patients/patient-table.js';
import type { IdentityStatement } from '../patients/weigh-identities.js';
import type { ResourceChange } from '../resources/plan-writes.js';
import { tagMappingVersion } from '../resources/mapping-version-tag.js';
import { serialiseResource } from '../resources/resource-body.js';
import type { SourceStamp } from '../resources/source-order.js';
import { checkMessage, type NormalisedEvent } from './check-message.js';

/** A message that can be applied as far as its form goes. */
export interface ReadMessage extends IdentityStatement {
  readonly event: NormalisedEvent;
  /** Patients are still named by their resource's id here. */
  readonly changes: readonly NamedChange[];
  readonly merges: readonly MergeStatement[];
  /** It has a merge of a Patient with itself: the merge means nothing, the rest of the message holds. */
  readonly hasSelfMerge: boolean;
}

export type NamedChange = Omit<ResourceChange, 'patientKey'> & { readonly patientId: string | null };

/** What messages say together, ready to be applied. */
export interface Chunk {
  readonly changes: readonly NamedChange[];
  readonly merges: readonly MergeStatement[];
  readonly patients: readonly PatientName[];
}

/** Takes events apart; those that cannot be applied become rejections. */
export function readMessages(events: readonly NormalisedEvent[]): {
  messages: ReadMessage[];
  rejections: NewEvent<'record.rejected'>[];
} {
  const messages: ReadMessage[] = [];
  const rejections: NewEvent<'record.rejected'>[] = [];
  for (const event of events) {
    const { problems, resources } = checkMessage(event);
    if (problems.length > 0 || event.tenant === null) rejections.push(rejectionOf(event, problems));
    else messages.push(readMessage(event, event.tenant, resources));
  }
  return { messages, rejections };
}

export function toChunk(messages: readonly ReadMessage[]): Chunk {
  const changes = messages.flatMap((message) => message.changes);
  const merges = messages.flatMap((message) => message.merges);
  const patients = [
    ...changes.flatMap(({ tenant, patientId }) => (patientId === null ? [] : [{ tenant, patientId }])),
    ...merges.flatMap(({ tenant, survivor, replaced }) =>
      (survivor === null ? [replaced] : [survivor, replaced]).map((patientId) => ({ tenant, patientId })),
    ),
  ];
  return { changes, merges, patients: distinct(patients) };
}

export function stampOf({ payload }: NormalisedEvent): SourceStamp {
  const { sourceId, sourcePosition: position, receivedAt, mappingVersion } = payload;
  return { sourceId, position, receivedAt, mappingVersion };
}

export function rejectionOf(
  event: NormalisedEvent,
  issues: readonly MappingIssue[],
): NewEvent<'record.rejected'> {
  const { messageId, sourceId, mappingVersion } = event.payload;
  return {
    type: 'record.rejected',
    key: event.key,
    tenant: event.tenant,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    payload: { messageId, sourceId, stage: 'record', mappingVersion, issues },
  };
}

function readMessage(
  event: NormalisedEvent,
  tenant: string,
  resources: readonly (FhirResource | undefined)[],
): ReadMessage {
  const { merges, sourcePosition: position, accepting = [] } = event.payload;
  const meant = merges.filter(({ survivor, replaced }) => survivor !== replaced);
  return {
    event,
    tenant,
    patients: resources.filter((resource) => resource !== undefined).filter(isPatient),
    accepting,
    changes: changesOf(event, tenant, resources),
    merges: meant.map(({ survivor, replaced, undone }) => ({
      tenant,
      replaced,
      survivor: undone === true ? null : survivor,
      position,
    })),
    hasSelfMerge: meant.length < merges.length,
  };
}

const isPatient = ({ resourceType }: FhirResource): boolean => resourceType === 'Patient';

function changesOf(
  event: NormalisedEvent,
  tenant: string,
  resources: readonly (FhirResource | undefined)[],
): NamedChange[] {
  const stamp = stampOf(event);
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
      content: contentOf(resource, stamp.mappingVersion),
    };
  });
}

function contentOf(stated: FhirResource, mappingVersion: string): NonNullable<NamedChange['content']> {
  const resource = tagMappingVersion(stated, mappingVersion);
  return { resource, serialised: serialiseResource(resource) };
}

function distinct(names: readonly PatientName[]): PatientName[] {
  return [...new Map(names.map((name) => [`${name.tenant}/${name.patientId}`, name])).values()];
}
