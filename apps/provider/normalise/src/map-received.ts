import {
  identifierSystems,
  type MappingIssue,
  type RecordChange,
  type RecordNormalised,
  type RecordRejected,
  type SourceMessageReceived,
  type Ura,
} from '@samenhang/data-model';
import { maximumPayloadBytes } from '@samenhang/event-log-postgres';
import {
  normaliseMessage,
  observeQuality,
  type Mapping,
  type MappingObservationCount,
  type NormalisedChange,
  type NormalisedMessage,
  type SourceMessage,
} from '@samenhang/mapping';
import type { PatientKeyring } from '@samenhang/patient-identity';

/** What becomes of a message: the event that says so, not yet published. */
export type MappedMessage =
  | { readonly type: 'record.normalised'; readonly payload: RecordNormalised }
  | { readonly type: 'record.rejected'; readonly payload: RecordRejected };

export interface MappedWithObservations {
  readonly mapped: MappedMessage;
  readonly observations: readonly MappingObservationCount[];
}

/** Pure: the same message and mapping version give the same resources. */
export function mapReceived(
  message: SourceMessageReceived,
  tenant: Ura | null,
  keyring: PatientKeyring,
  mapping: Mapping,
): MappedWithObservations {
  const { messageId, sourceId } = message;
  const source = tenant === null ? undefined : sourceMessageOf(message, tenant, keyring);
  const normalised = source === undefined ? rejected(noCustodian) : carriable(source, mapping);
  const { issues } = normalised;
  const observations =
    source === undefined
      ? normalised.observations
      : [...normalised.observations, ...observeQuality(source, normalised, message.receivedAt)];
  if (normalised.outcome === 'rejected') {
    const { version: mappingVersion } = mapping;
    const payload = { messageId, sourceId, stage: 'normalise', mappingVersion, issues } as const;
    return { mapped: { type: 'record.rejected', payload }, observations };
  }
  const payload: RecordNormalised = {
    messageId,
    sourceId,
    sourcePosition: message.sourcePosition,
    receivedAt: message.receivedAt,
    mappingVersion: versionOf(message, mapping),
    changes: normalised.changes.map(asWritten),
    merges: normalised.merges,
    issues,
    ...(message.replayedAt === undefined ? {} : { isReplay: true }),
    ...(message.accepting === undefined ? {} : { accepting: message.accepting }),
  };
  return { mapped: { type: 'record.normalised', payload }, observations };
}

/** What the mapping takes of a message. */
export function sourceMessageOf(
  { sourceId, format, content, settings }: SourceMessageReceived,
  tenant: Ura,
  keyring: PatientKeyring,
): SourceMessage {
  const hashBsn = hashBsnOf(tenant, keyring);
  return { tenant, sourceId, format, content: Buffer.from(content, 'base64'), settings, hashBsn };
}

/**
 * A replay may meet other settings (the mapping of a table, say) under the same version of the mapping: when it was made is
 * added as build metadata (semver.org, 10), so that the record knows which of the two is the later.
 */
function versionOf({ replayedAt }: SourceMessageReceived, { version }: Mapping): string {
  if (replayedAt === undefined) return version;
  return `${version}${version.includes('+') ? '.' : '+'}${replayedAt.replace(/\D/g, '')}`;
}

function asWritten(change: NormalisedChange): RecordChange {
  if (change.action === 'delete') return change;
  const { resource, ...rest } = change;
  return { ...rest, resourceType: resource.resourceType, id: resource.id, body: JSON.stringify(resource) };
}

/** Scoped to the tenant: the ids of one person at two care providers cannot be linked. */
function hashBsnOf(tenant: Ura, keyring: PatientKeyring): (bsn: string) => string {
  return (bsn) => keyring.keyOf(tenant, identifierSystems.bsn, bsn);
}

/**
 * A message of thousands of small segments becomes many times its size. What the log cannot carry is rejected here: as an
 * error of the log it would hold up the messages behind it.
 */
function carriable(message: SourceMessage, mapping: Mapping): NormalisedMessage {
  const normalised = normaliseMessage(message, mapping);
  if (normalised.outcome === 'rejected' || !mayBeLarge(message, normalised)) return normalised;
  const bytes = Buffer.byteLength(JSON.stringify(normalised.changes.map(asWritten))) + ENVELOPE_BYTES;
  return bytes > maximumPayloadBytes
    ? { ...rejected(tooLarge), observations: normalised.observations }
    : normalised;
}

/** Measuring costs as much as writing; results that are surely small are not measured. */
function mayBeLarge(
  { content }: SourceMessage,
  { changes }: { readonly changes: readonly unknown[] },
): boolean {
  return content.length > 1_000_000 || changes.length > 2_000;
}

function rejected(issue: MappingIssue): NormalisedMessage {
  return { outcome: 'rejected', issues: [issue], observations: [] };
}

const ENVELOPE_BYTES = 1_024;

const tooLarge = {
  severity: 'error',
  code: 'result-too-large',
  location: 'event',
  text: 'The resources of this message are more than one event can carry; it must be sent in parts',
} as const;

const noCustodian = {
  severity: 'error',
  code: 'no-custodian',
  location: 'event',
  text: 'The message belongs to no care provider',
} as const;
