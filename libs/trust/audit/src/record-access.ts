import { randomUUID } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { NewEvent } from '@samenhang/data-model';
import type { AccessEntry } from './access-entry.js';
import { toAuditEvent } from './to-audit-event.js';

/**
 * Records an access in the transaction given, as a FHIR AuditEvent on the log.
 * @throws Failure('unavailable'): what cannot be recorded must not be answered
 */
export function recordAccess(
  outbox: EventOutbox,
  transaction: Transaction,
  entry: AccessEntry,
): Promise<void> {
  return recordAccesses(outbox, transaction, [entry]);
}

/** The same for several at once. */
export async function recordAccesses(
  outbox: EventOutbox,
  transaction: Transaction,
  entries: readonly AccessEntry[],
): Promise<void> {
  try {
    await outbox.publish(transaction, entries.map(toAuditRecorded));
  } catch (cause) {
    throw new Failure('unavailable', 'The access cannot be recorded, so it is refused', { cause });
  }
}

/** The event of an access. Its tenant is whose trail it belongs to: the custodian's, else the asking organisation's. */
export function toAuditRecorded(entry: AccessEntry): NewEvent<'audit.recorded'> {
  const id = randomUUID();
  const asking = 'clientId' in entry.who ? entry.who.organisation?.ura : undefined;
  return {
    type: 'audit.recorded',
    key: id,
    tenant: entry.custodian ?? asking ?? null,
    payload: { recordedAt: (entry.at ?? new Date()).toISOString(), auditEvent: toAuditEvent(entry, id) },
    ...(entry.traceparent === undefined ? {} : { traceparent: entry.traceparent }),
  };
}
