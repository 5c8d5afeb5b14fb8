import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { EventLog } from '@samenhang/event-log';
import { statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import type { AccessDecision, AccessRequest } from '../holder-api/access-decision.js';
import { toEntry, type AccessParts } from '../holder-api/access-parts.js';
import { DirectSources } from './direct-sources.js';
import type { LivePatient } from './live-patient.js';

/** Asks care providers' own servers for what was decided may be given, and nothing else. */
@Injectable()
export class LiveAccess {
  constructor(
    private readonly direct: DirectSources,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Undefined where the data is kept here. No transaction is open meanwhile, and an attempt that fails is on record too.
   * @throws Failure when the server cannot be asked, or not be trusted
   */
  async ask(
    request: AccessRequest,
    entry: AccessParts,
    { permitted, limits }: AccessDecision,
  ): Promise<LivePatient | undefined> {
    const { ura } = request.tenant;
    if (entry.patient === undefined || !this.direct.has(ura)) return undefined;
    try {
      return await this.direct.patient(ura, entry.patient, { permitted, limits });
    } catch (error) {
      await recordAccess(
        this.eventLog,
        statementByStatement(this.dataSource),
        toEntry(request, 'failed', entry),
      );
      throw error;
    }
  }
}
