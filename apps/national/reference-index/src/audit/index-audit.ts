import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { TokenRefusal } from '../tokens/token-refusal.js';

export interface IndexAct {
  readonly activity: Extract<
    AccessEntry['activity'],
    'localise' | 'register' | 'deregister' | 'read' | 'query'
  >;
  readonly outcome: AccessEntry['outcome'];
  readonly who: VerifiedIdentity;
  /** What was asked, without any identifier of a person. */
  readonly query?: string;
  readonly reasons?: readonly string[];
}

/** Every act at the index, permitted or not (NEN 7513). The person is never named: the index does not know who it is. */
@Injectable()
export class IndexAudit {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  /** In the transaction of the act. */
  async record(transaction: Transaction, act: IndexAct): Promise<void> {
    const custodian = act.who.organisation?.ura;
    await recordAccess(this.eventLog, transaction, {
      activity: act.activity,
      outcome: act.outcome,
      who: act.who,
      ...(custodian === undefined || act.activity === 'localise' ? {} : { custodian }),
      detail: {
        resourceTypes: ['List'],
        ...(act.query === undefined ? {} : { query: act.query }),
        ...(act.reasons === undefined ? {} : { reasons: act.reasons }),
      },
    });
  }

  /** Runs an act and records it as failed or refused, with the fault, when it throws. */
  async recordingRefusal<T>(act: Omit<IndexAct, 'outcome' | 'reasons'>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      const reasons = [reason];
      const outcome = error instanceof TokenRefusal || reason === 'forbidden' ? 'denied' : 'failed';
      await inTransaction(this.dataSource, (transaction) =>
        this.record(transaction, { ...act, outcome, reasons }),
      );
      throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TokenRefusal) return `token-${error.fault}`;
  const kind = (error as { kind?: unknown } | null)?.kind;
  return typeof kind === 'string' ? kind : 'internal';
}
