import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { inTransactionUnder } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';

/** Who asked about whom. */
export interface RecordedRequest {
  readonly identity: VerifiedIdentity;
  readonly bsn: Bsn;
  readonly traceparent: string;
  /** What was asked, without who the person is; a whole view when left out. */
  readonly query?: string;
}

/** What became of one request for a view. */
export interface ViewResult {
  readonly outcome: AccessEntry['outcome'];
  readonly reasons?: readonly string[];
  readonly resourceTypes?: readonly string[];
  readonly sources?: number;
  readonly facts?: number;
  readonly milliseconds: number;
}

/** Records every request for a view before it is answered (NEN 7513), and counts the views that were given. */
@Injectable()
export class ViewJournal {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  /** @throws Failure('unavailable'): what cannot be recorded must not be answered */
  async record(request: RecordedRequest, result: ViewResult): Promise<void> {
    try {
      await inTransactionUnder(this.dataSource, {}, (transaction) =>
        transaction.commitBehind(() => [
          recordAccess(this.eventLog, transaction, toEntry(request, result)),
          ...(result.outcome === 'success' ? [countAnswer(transaction, result)] : []),
        ]),
      );
    } catch (cause) {
      throw new Failure('unavailable', 'The access cannot be recorded, so it is not granted', { cause });
    }
  }

  async countViews(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: string }[]>(
      'SELECT count(*) AS count FROM answered_view',
    );
    return Number(row?.count ?? 0);
  }
}

function countAnswer(
  transaction: Transaction,
  { sources = 0, facts = 0, milliseconds }: ViewResult,
): Promise<unknown> {
  return transaction.query(
    'INSERT INTO answered_view (id, answered_at, sources, facts, milliseconds) VALUES ($1, now(), $2, $3, $4)',
    [randomUUID(), sources, facts, Math.round(milliseconds)],
  );
}

function toEntry({ identity, bsn, traceparent, query }: RecordedRequest, result: ViewResult): AccessEntry {
  const { organisation } = identity;
  return {
    activity: 'query',
    outcome: result.outcome,
    who: identity,
    patient: toPatientIdentifier(bsn),
    traceparent,
    // The requester's own trail: each holder records the access to its data itself.
    ...(organisation === undefined ? {} : { custodian: organisation.ura }),
    detail: {
      query: query ?? 'Patient/$everything',
      ...(result.resourceTypes === undefined ? {} : { resourceTypes: result.resourceTypes }),
      ...(result.reasons === undefined ? {} : { reasons: result.reasons }),
    },
    observer: 'query-api',
  };
}
