import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { EVENT_LOG } from '@samenhang/service-kit';

/** Every act on keys stands in the audit trail, in the transaction of the act. */
@Injectable()
export class AdministrationAudit {
  constructor(@Inject(EVENT_LOG) private readonly eventLog: EventLog) {}

  async record(
    transaction: Transaction,
    who: VerifiedIdentity,
    query: string,
    refusal?: string,
  ): Promise<void> {
    await recordAccess(this.eventLog, transaction, {
      activity: 'administer',
      outcome: refusal === undefined ? 'success' : 'denied',
      who,
      detail: { query, ...(refusal === undefined ? {} : { reasons: [refusal] }) },
    });
  }
}
