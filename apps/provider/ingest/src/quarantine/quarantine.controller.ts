import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { readAccepting } from '../replay/replay-criteria.js';
import { organisationOf, requireUuid } from './own-entries.js';
import { findEntry, listEntries, type QuarantineEntry } from './quarantine-store.js';
import { Replay } from './replay.js';

const PAGE_SIZE = 100;
const LARGEST_PAGE = 1000;

/** Messages of the caller's care provider that could not be used: why, and sending them on again. */
@Controller('quarantine')
@RequireScopes('ingest:admin')
export class QuarantineController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly replaying: Replay,
    private readonly trail: AdministrationTrail,
  ) {}

  @Get()
  async list(
    @Identity() identity: VerifiedIdentity,
    @Query('count') count?: string,
    @Query('before') before?: string,
  ): Promise<{ entries: QuarantineEntry[]; next?: string }> {
    const limit = count === undefined ? PAGE_SIZE : Number(count);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
      throw new Failure('malformed', `count is a number from 1 to ${String(LARGEST_PAGE)}`);
    }
    const cursor = before === undefined ? undefined : readId(before);
    const tenant = organisationOf(identity);
    const entries = await inTransaction(this.dataSource, (transaction) =>
      listEntries(transaction, tenant, limit, cursor),
    );
    const last = entries.length === limit ? entries.at(-1) : undefined;
    return last === undefined
      ? { entries }
      : { entries, next: `/quarantine?count=${String(limit)}&before=${last.id}` };
  }

  @Get(':id')
  async get(@Identity() identity: VerifiedIdentity, @Param('id') id: string): Promise<QuarantineEntry> {
    const tenant = organisationOf(identity);
    const entry = await inTransaction(this.dataSource, (transaction) =>
      findEntry(transaction, tenant, readId(id)),
    );
    if (entry === undefined) throw new Failure('not-found', 'There is no such quarantine entry');
    return entry;
  }

  @Post(':id/replay')
  @HttpCode(202)
  async replay(
    @Identity() identity: VerifiedIdentity,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<{ messageId: string; replayOf: string }> {
    const tenant = organisationOf(identity);
    const record = this.trail.of(identity, tenant, `POST quarantine/${readId(id)}/replay`);
    const messageId = await this.replaying.replay(tenant, readId(id), readAccepting(body), record);
    return { messageId, replayOf: id };
  }
}

function readId(text: string): string {
  return requireUuid(text, 'There is no such quarantine entry');
}
