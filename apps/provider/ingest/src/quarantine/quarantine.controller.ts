import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { findEntry, listEntries, type QuarantineEntry } from './quarantine-store.js';
import { Replay } from './replay.js';

const PAGE_SIZE = 100;
const LARGEST_PAGE = 1000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
  ): Promise<{ messageId: string; replayOf: string }> {
    const tenant = organisationOf(identity);
    const record = this.trail.of(identity, tenant, `POST quarantine/${readId(id)}/replay`);
    const messageId = await this.replaying.replay(tenant, readId(id), record);
    return { messageId, replayOf: id };
  }
}

function organisationOf(identity: VerifiedIdentity): Ura {
  if (identity.organisation === undefined)
    throw new Failure('forbidden', 'The access token is of no care provider');
  return identity.organisation.ura;
}

function readId(text: string): string {
  if (!UUID.test(text)) throw new Failure('not-found', 'There is no such quarantine entry');
  return text;
}
