import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { EventLog } from '@samenhang/event-log';
import { statementByStatement } from '@samenhang/persistence';
import { toFailure } from '@samenhang/errors';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
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
    @Inject(LOGGER) private readonly logger: Logger,
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
      const { kind } = toFailure(error);
      this.logger.warn({ error, tenant: ura, kind }, 'the own server of a care provider gave nothing usable');
      const failed = { ...entry, reasons: [...(entry.reasons ?? []), `source_${kind}`] };
      const trail = statementByStatement(this.dataSource);
      await recordAccess(this.eventLog, trail, toEntry(request, 'failed', failed));
      throw error;
    }
  }
}
