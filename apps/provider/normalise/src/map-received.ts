import {
  identifierSystems,
  type RecordNormalised,
  type RecordRejected,
  type SourceMessageReceived,
  type Ura,
} from '@samenhang/data-model';
import { maximumPayloadBytes } from '@samenhang/event-log-postgres';
import type { Mapping, MappingObservationCount, SourceMessage } from '@samenhang/mapping';
import type { PatientKeyring } from '@samenhang/patient-identity';
import type { NamedMapping } from './releases/mapping-releases.js';
import { rejected, writeMessage, type WrittenMessage } from './releases/written-message.js';

/** What becomes of a message: the event that says so, not yet published. */
export type MappedMessage =
  | { readonly type: 'record.normalised'; readonly payload: RecordNormalised }
  | { readonly type: 'record.rejected'; readonly payload: RecordRejected };

export interface MappedWithObservations {
  readonly mapped: MappedMessage;
  readonly observations: readonly MappingObservationCount[];
  /** Of the mapping; a replay adds its time to it. */
  readonly version: string;
}

/** Pure: the same message and mapping version give the same resources. */
export function mapReceived(
  message: SourceMessageReceived,
  tenant: Ura | null,
  keyring: PatientKeyring,
  mapping: Mapping,
): MappedWithObservations {
  const written =
    tenant === null
      ? rejected(noCustodian)
      : writeMessage(sourceMessageOf(message, tenant, keyring), message.receivedAt, mapping);
  return outcomeOf(message, written, mapping.version);
}

/** The same by a version that was asked for: its rules may be of another release. */
export async function mapReceivedBy(
  message: SourceMessageReceived,
  tenant: Ura | null,
  keyring: PatientKeyring,
  mapping: NamedMapping,
): Promise<MappedWithObservations> {
  const written =
    tenant === null
      ? rejected(noCustodian)
      : await mapping.map(sourceMessageOf(message, tenant, keyring), message.receivedAt);
  return outcomeOf(message, written, mapping.version);
}

/** The event about a message that was mapped. */
export function outcomeOf(
  message: SourceMessageReceived,
  made: WrittenMessage,
  version: string,
): MappedWithObservations {
  const { messageId, sourceId } = message;
  const written = carriable(message, made);
  const { issues, observations } = written;
  if (written.outcome === 'rejected') {
    const payload = { messageId, sourceId, stage: 'normalise', mappingVersion: version, issues } as const;
    return { mapped: { type: 'record.rejected', payload }, observations, version };
  }
  const payload: RecordNormalised = {
    messageId,
    sourceId,
    sourcePosition: message.sourcePosition,
    receivedAt: message.receivedAt,
    mappingVersion: versionOf(message, version),
    changes: written.changes,
    merges: written.merges,
    issues,
    ...(message.replayedAt === undefined ? {} : { isReplay: true }),
    ...(message.accepting === undefined ? {} : { accepting: message.accepting }),
  };
  return { mapped: { type: 'record.normalised', payload }, observations, version };
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
function versionOf({ replayedAt }: SourceMessageReceived, version: string): string {
  if (replayedAt === undefined) return version;
  return `${version}${version.includes('+') ? '.' : '+'}${replayedAt.replace(/\D/g, '')}`;
}

/** Scoped to the tenant: the ids of one person at two care providers cannot be linked. */
function hashBsnOf(tenant: Ura, keyring: PatientKeyring): (bsn: string) => string {
  return (bsn) => keyring.keyOf(tenant, identifierSystems.bsn, bsn);
}

/**
 * A message of thousands of small segments becomes many times its size. What the log cannot carry is rejected here: as an
 * error of the log it would hold up the messages behind it.
 */
function carriable({ content }: SourceMessageReceived, written: WrittenMessage): WrittenMessage {
  if (written.outcome === 'rejected' || !mayBeLarge(content, written)) return written;
  const bytes = Buffer.byteLength(JSON.stringify(written.changes)) + ENVELOPE_BYTES;
  return bytes > maximumPayloadBytes ? rejected(tooLarge, written.observations) : written;
}

/** Measuring costs as much as writing; results that are surely small are not measured. */
function mayBeLarge(base64: string, { changes }: { readonly changes: readonly unknown[] }): boolean {
  return base64.length > 1_333_333 || changes.length > 2_000;
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
