import { Inject, Injectable } from '@nestjs/common';
import type { MessageId, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { lockEntry } from '../replay/original-message.js';
import { orderingKeyOf } from '../replay/read-again.js';
import { republish } from '../replay/republish.js';
import { SourceRegistry } from '../sources/source-registry.js';

/** Sends one quarantined message on its way again, after what was wrong has been put right. */
@Injectable()
export class Replay {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly registry: SourceRegistry,
    private readonly keyring: PatientKeyring,
  ) {}

  /**
   * @param accepting codes of objections that a person has weighed
   * @param record is committed with the replay
   * @throws Failure when the entry is unknown, was replayed before, or the message still cannot be read
   */
  async replay(
    tenant: Ura,
    entryId: string,
    accepting: readonly string[],
    record: (transaction: Transaction) => Promise<void>,
  ): Promise<MessageId> {
    return inTransaction(this.dataSource, async (transaction) => {
      const original = await lockEntry(transaction, tenant, entryId);
      if (original === undefined) throw new Failure('not-found', 'There is no such quarantine entry');
      if (original.replayedAt !== null) throw new Failure('conflict', 'This message was replayed before');
      const source = this.registry.find(tenant, original.source);
      if (source === undefined)
        throw new Failure('conflict', 'The source of this message is no longer declared');
      const orderingKey = orderingKeyOf(original, source, this.keyring);
      await record(transaction);
      const terms = { tenant, source, replayedAt: new Date(), accepting, run: undefined };
      const [id] = await republish(transaction, this.eventLog, [{ original, orderingKey }], terms);
      return id ?? original.id;
    });
  }
}
