import type { MappingIssue, PatientMerge, RecordChange } from '@samenhang/data-model';
import {
  normaliseMessage,
  observeQuality,
  type Mapping,
  type MappingObservationCount,
  type NormalisedChange,
  type SourceMessage,
} from '@samenhang/mapping';

/** What a mapping made of a message, written out: what the event log carries, and what a release gives from its own thread. */
export type WrittenMessage =
  | {
      readonly outcome: 'accepted';
      readonly changes: readonly RecordChange[];
      readonly merges: readonly PatientMerge[];
      readonly issues: readonly MappingIssue[];
      readonly observations: readonly MappingObservationCount[];
    }
  | {
      readonly outcome: 'rejected';
      readonly issues: readonly MappingIssue[];
      readonly observations: readonly MappingObservationCount[];
    };

export function writeMessage(source: SourceMessage, receivedAt: string, mapping: Mapping): WrittenMessage {
  const normalised = normaliseMessage(source, mapping);
  const observations = [...normalised.observations, ...observeQuality(source, normalised, receivedAt)];
  const { issues } = normalised;
  if (normalised.outcome === 'rejected') return { outcome: 'rejected', issues, observations };
  const { changes, merges } = normalised;
  return { outcome: 'accepted', changes: changes.map(asWritten), merges, issues, observations };
}

function asWritten(change: NormalisedChange): RecordChange {
  if (change.action === 'delete') return change;
  const { resource, ...rest } = change;
  return { ...rest, resourceType: resource.resourceType, id: resource.id, body: JSON.stringify(resource) };
}

export function rejected(
  issue: MappingIssue,
  observations: readonly MappingObservationCount[] = [],
): WrittenMessage {
  return { outcome: 'rejected', issues: [issue], observations };
}
