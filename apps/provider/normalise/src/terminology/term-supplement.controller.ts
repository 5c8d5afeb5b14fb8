import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import {
  latestSupplement,
  loadTranslations,
  pinTranslations,
  type StoredTranslation,
} from './term-supplement-store.js';

interface ShownSupplement {
  readonly version: number;
  readonly latest: number;
  readonly translations: readonly StoredTranslation[];
}

/** Answers of the terminology server that messages are mapped by, as of now or of an earlier version. */
@Controller('term-supplement')
@RequireScopes('mapping:admin')
export class TermSupplementController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Get()
  async show(@Query('version') asked?: string): Promise<ShownSupplement> {
    if (asked !== undefined && !/^\d{1,9}$/.test(asked))
      throw new Failure('malformed', 'version is the number of a state of answers');
    return inTransaction(this.dataSource, async (transaction) => {
      const latest = await latestSupplement(transaction);
      const version = asked === undefined ? latest : Number(asked);
      if (version > latest) throw new Failure('not-found', 'There is no such state of answers');
      return { version, latest, translations: await loadTranslations(transaction, version) };
    });
  }

  /** What the server says of a code is wrong: from the next version on it is not used, and not asked again. */
  @Post('withdrawals')
  @HttpCode(200)
  async withdraw(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<ShownSupplement> {
    const { system, code } = (body ?? {}) as { readonly system?: unknown; readonly code?: unknown };
    if (typeof system !== 'string' || typeof code !== 'string')
      throw new Failure('malformed', 'system and code are those of the source');
    return inTransaction(this.dataSource, async (transaction) => {
      const now = await loadTranslations(transaction, await latestSupplement(transaction));
      const wrong = now.filter((one) => one.system === system && one.code === code && one.target !== null);
      if (wrong.length === 0) throw new Failure('not-found', 'There is no such translation');
      const withdrawn = wrong.map(({ binding }) => ({ binding, system, code, target: null }));
      const version = await pinTranslations(transaction, withdrawn, identity.clientId);
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who: identity,
        detail: { query: 'POST term-supplement/withdrawals' },
        observer: 'normalise',
      });
      return { version, latest: version, translations: await loadTranslations(transaction, version) };
    });
  }
}
