import { Inject, Injectable } from '@nestjs/common';
import { recordAccesses, type AccessEntry } from '@samenhang/audit';
import type { EventLog } from '@samenhang/event-log';
import { GroupCommit, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';

/**
 * Records accesses on the log before they are answered. Those that come while others are being committed go together: one
 * statement and one commit for all of them.
 */
@Injectable()
export class AccessTrail {
  readonly #group: GroupCommit<AccessEntry, undefined>;

  constructor(dataSource: DataSource, @Inject(EVENT_LOG) eventLog: EventLog) {
    this.#group = new GroupCommit(async (entries) => {
      await recordAccesses(eventLog, statementByStatement(dataSource), entries);
      return entries.map(() => undefined);
    });
  }

  /** Resolves when it is committed. @throws Failure('unavailable'): what cannot be recorded must not be answered */
  async record(entry: AccessEntry): Promise<void> {
    await this.#group.submit(entry);
  }
}
