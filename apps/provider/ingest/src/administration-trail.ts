import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { Ura } from '@samenhang/data-model';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { EVENT_LOG } from '@samenhang/service-kit';

/** Who changed sources or sent quarantined messages on, for the care provider's audit trail (NEN 7513). */
@Injectable()
export class AdministrationTrail {
  constructor(@Inject(EVENT_LOG) private readonly eventLog: EventLog) {}

  /** What puts an act on record in the transaction of its effect: both are committed or neither. */
  of(who: VerifiedIdentity, custodian: Ura, act: string): (transaction: Transaction) => Promise<void> {
    return (transaction) =>
      recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who,
        custodian,
        detail: { query: act },
        observer: 'ingest',
      });
  }
}
