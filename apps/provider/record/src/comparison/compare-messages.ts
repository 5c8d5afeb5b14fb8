import type { FhirResource, MappingIssue, MessageId } from '@samenhang/data-model';
import { parseExactJson } from '@samenhang/fhir-r4';
import type { Transaction } from '@samenhang/event-log';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { withPatientKey } from '../intake/apply-chunk.js';
import type { NormalisedEvent } from '../intake/check-message.js';
import { readMessages, toChunk, type ReadMessage } from '../intake/chunk.js';
import { retractionsOf } from '../intake/retractions.js';
import { findPatientKeys } from '../patients/patient-table.js';
import { weighIdentities } from '../patients/weigh-identities.js';
import { withoutMappingVersion } from '../resources/mapping-version-tag.js';
import {
  keyOf,
  planWrites,
  type PlannedVersion,
  type ResourceChange,
  type ResourceState,
} from '../resources/plan-writes.js';
import { loadBodies, loadStates } from '../resources/resource-table.js';
import { changedElements } from './changed-elements.js';

/** How a resource would differ: names and paths, never values. */
export interface ResourceDifference {
  readonly resourceType: string;
  readonly id: string;
  readonly action: 'created' | 'changed' | 'deleted' | 'unchanged';
  readonly elements: readonly string[];
  /** Why nothing changes although the message says something else: the source has said so since. */
  readonly supersededBy?: 'newer-message';
}

/** What applying a message would do to the record as it is now. */
export interface MessageDifference {
  readonly messageId: MessageId;
  readonly outcome: 'applied' | 'rejected';
  readonly issues: readonly MappingIssue[];
  readonly resources: readonly ResourceDifference[];
  readonly merges: number;
}

/** Compares each message by itself with what is held, by the rules by which it would be applied; writes nothing. */
export async function compareMessages(
  transaction: Transaction,
  events: readonly NormalisedEvent[],
  keyring: PatientKeyring,
): Promise<MessageDifference[]> {
  const { messages, rejections } = readMessages(events);
  const differences = new Map<string, MessageDifference>(
    rejections.map(({ payload: { messageId, issues } }) => [messageId, rejected(messageId, issues)]),
  );
  const keys = await findPatientKeys(transaction, toChunk(messages).patients);
  for (const message of messages) {
    const { messageId } = message.event.payload;
    const [issue] = await weighIdentities(transaction, [message], keyring);
    const difference =
      issue === undefined ? await compare(transaction, message, keys) : rejected(messageId, [issue]);
    differences.set(messageId, difference);
  }
  return events.flatMap(({ payload }) => differences.get(payload.messageId) ?? []);
}

async function compare(
  transaction: Transaction,
  message: ReadMessage,
  keys: ReadonlyMap<string, number>,
): Promise<MessageDifference> {
  const { messageId, issues } = message.event.payload;
  const stated = message.changes.map((change) => withPatientKey(change, keys));
  const changes = [...stated, ...(await retractionsOf(transaction, [message], keys))];
  const stored = changes.length === 0 ? [] : await loadStates(transaction, changes);
  const planned = new Map(planWrites(stored, changes).current.map((version) => [keyOf(version), version]));
  const states = new Map(stored.map((state) => [keyOf(state), state]));
  const bodies = await loadBodies(
    transaction,
    [...states.values()].filter((state) => planned.has(keyOf(state))),
  );
  const last = new Map(changes.map((change) => [keyOf(change), change]));
  return {
    messageId,
    outcome: 'applied',
    issues,
    resources: [...last].map(([key, change]) =>
      differenceOf(change, states.get(key), planned.get(key), bodies.get(key)),
    ),
    merges: message.merges.length,
  };
}

function differenceOf(
  change: ResourceChange,
  stored: ResourceState | undefined,
  planned: PlannedVersion | undefined,
  body: string | undefined,
): ResourceDifference {
  const named = { resourceType: change.type, id: change.id, elements: [] };
  const wasThere = stored !== undefined && !stored.deleted;
  if (planned === undefined || planned.version === stored?.version) {
    const says = change.content?.serialised.contentHash ?? null;
    const isOvertaken = planned === undefined && stored !== undefined && stored.contentHash !== says;
    return {
      ...named,
      action: 'unchanged',
      ...(isOvertaken ? { supersededBy: 'newer-message' as const } : {}),
    };
  }
  if (planned.deleted) return { ...named, action: wasThere ? 'deleted' : 'unchanged' };
  if (!wasThere) return { ...named, action: 'created' };
  const before = body === undefined ? undefined : withoutMappingVersion(parseExactJson(body) as FhirResource);
  const after = change.content === null ? undefined : withoutMappingVersion(change.content.resource);
  return { ...named, action: 'changed', elements: changedElements(before, after) };
}

function rejected(messageId: MessageId, issues: readonly MappingIssue[]): MessageDifference {
  return { messageId, outcome: 'rejected', issues, resources: [], merges: 0 };
}
