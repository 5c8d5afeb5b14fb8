import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';

export interface EvaluationAct {
  readonly outcome: 'success' | 'denied';
  readonly who: VerifiedIdentity;
  readonly recipient: PseudonymRecipient;
  readonly points: number;
  readonly reason?: string;
}

/** Records that an evaluation was asked: by whom, for whom, how many. Never what went in or came out. */
@Injectable()
export class EvaluationAudit {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  /** @throws Failure('unavailable'): what cannot be recorded must not be answered */
  async record(act: EvaluationAct): Promise<void> {
    const query = `recipient=${act.recipient.organisation}&scope=${act.recipient.scope}&points=${act.points}`;
    try {
      await inTransaction(this.dataSource, (transaction) =>
        recordAccess(this.eventLog, transaction, {
          activity: 'evaluate',
          outcome: act.outcome,
          who: act.who,
          detail: { query, ...(act.reason === undefined ? {} : { reasons: [act.reason] }) },
        }),
      );
    } catch (cause) {
      throw new Failure('unavailable', 'The audit trail cannot be written', { cause });
    }
  }
}
