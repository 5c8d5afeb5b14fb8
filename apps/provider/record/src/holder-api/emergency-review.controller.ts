import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { inTenant } from '../storage/tenant-fence.js';
import {
  listEmergencyAccesses,
  reviewEmergencyAccess,
  verdicts,
  type EmergencyAccessItem,
  type Verdict,
} from './emergency-accesses.js';

/** For the holder's privacy officer: what was given in emergencies, and whether that was right. */
@Controller('emergency-accesses')
export class EmergencyReviewController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Get()
  @RequireScopes('record:admin')
  list(
    @Query('status') status: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ items: EmergencyAccessItem[] }> {
    if (status !== undefined && status !== 'open' && status !== 'reviewed')
      throw new Failure('malformed', 'status is open or reviewed');
    return this.#recorded(identity, 'GET emergency-accesses', async (transaction, tenant) => ({
      items: await listEmergencyAccesses(transaction, tenant, status ?? 'open'),
    }));
  }

  @Post(':id/review')
  @HttpCode(204)
  @RequireScopes('record:admin')
  review(
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const verdict = readVerdict(body);
    const reviewer = identity.professional?.id ?? identity.clientId;
    return this.#recorded(identity, 'POST emergency-accesses/:id/review', (transaction, tenant) =>
      reviewEmergencyAccess(transaction, tenant, { emergencyAccess: id, verdict, reviewer }),
    );
  }

  #recorded<T>(
    who: VerifiedIdentity,
    query: string,
    work: (transaction: Transaction, tenant: Ura) => Promise<T>,
  ): Promise<T> {
    const tenant = who.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const answer = await work(transaction, tenant);
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who,
        custodian: tenant,
        detail: { query },
        observer: 'record',
      });
      return answer;
    });
  }
}

function readVerdict(body: unknown): Verdict {
  const { verdict } = (typeof body === 'object' && body !== null ? body : {}) as { verdict?: unknown };
  const found = verdicts.find((each) => each === verdict);
  if (found === undefined) throw new Failure('invalid', `verdict is one of ${verdicts.join(', ')}`);
  return found;
}
