import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { AccessEntry } from './access-entry.js';

/**
 * Records an access in the transaction given, as a FHIR AuditEvent on the log.
 * @throws Failure('unavailable'): what cannot be recorded must not be answered
 */
export async function recordAccess(
  _outbox: EventOutbox,
  _transaction: Transaction,
  _entry: AccessEntry,
): Promise<void> {
  throw new Error('not recorded');
}
