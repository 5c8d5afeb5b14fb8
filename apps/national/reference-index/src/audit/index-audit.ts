import { Inject, Injectable } from '@nestjs/common';
import { toAuditRecorded, type AccessEntry } from '@samenhang/audit';
import type { NewEvent } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { TokenRefusal } from '../tokens/token-refusal.js';

export interface IndexAct {
  readonly activity: Extract<
    AccessEntry['activity'],
    'localise' | 'register' | 'deregister' | 'read' | 'query' | 'consent-change'
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
  record(transaction: Transaction, act: IndexAct, events: readonly NewEvent[] = []): Promise<void> {
    return this.recordAll(transaction, [act], events);
  }

  /**
   * In the transaction of the acts, with the events that tell of them.
   * @throws Failure('unavailable'): what cannot be recorded must not be answered
   */
  async recordAll(
    transaction: Transaction,
    acts: readonly IndexAct[],
    events: readonly NewEvent[] = [],
  ): Promise<void> {
    try {
      const recorded = acts.map((act) => toAuditRecorded(toEntry(act)));
      await this.eventLog.publish(transaction, [...recorded, ...events]);
    } catch (cause) {
      throw new Failure('unavailable', 'The access cannot be recorded, so it is refused', { cause });
    }
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

function toEntry({ activity, outcome, who, query, reasons }: IndexAct): AccessEntry {
  const custodian = who.organisation?.ura;
  return {
    activity,
    outcome,
    who,
    ...(custodian === undefined || activity === 'localise' ? {} : { custodian }),
    detail: {
      resourceTypes: ['List'],
      ...(query === undefined ? {} : { query }),
      ...(reasons === undefined ? {} : { reasons }),
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof TokenRefusal) return `token-${error.fault}`;
  const kind = (error as { kind?: unknown } | null)?.kind;
  return typeof kind === 'string' ? kind : 'internal';
}
