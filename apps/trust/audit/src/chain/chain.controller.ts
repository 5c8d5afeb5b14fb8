import { Controller, Get, Inject } from '@nestjs/common';
import { EventPattern, Ctx, Payload } from '@nestjs/microservices';
import { recordAccess } from '@samenhang/audit';
import type { EventEnvelope } from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { AuditTrail, platformStream, type ChainVerification } from './audit-trail.js';

/** Appends what happened to the trail, and proves that the trail is whole. */
@Controller()
export class ChainController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly trail: AuditTrail,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @EventPattern<string>('audit.recorded')
  append(@Payload() events: EventEnvelope<'audit.recorded'>[], @Ctx() context: ChunkContext): Promise<void> {
    return this.trail.append(context.transaction, events);
  }

  @Get('chain/verification')
  @RequireScopes('audit:read')
  verify(@Identity() identity: VerifiedIdentity): Promise<ChainVerification> {
    const stream = identity.organisation?.ura ?? platformStream;
    return inTransaction(this.dataSource, async (transaction) => {
      // One snapshot for head and events: appending goes on meanwhile.
      await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const verification = await this.trail.verify(transaction, stream);
      await recordAccess(this.eventLog, transaction, {
        activity: 'audit-read',
        outcome: 'success',
        who: identity,
        ...(identity.organisation === undefined ? {} : { custodian: identity.organisation.ura }),
        detail: { reasons: [verification.valid ? 'chain valid' : 'chain broken'] },
        observer: 'audit',
      });
      return verification;
    });
  }
}
