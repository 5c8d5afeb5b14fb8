import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { organisationOf, requireUuid } from '../quarantine/own-entries.js';
import { SourceRegistry } from '../sources/source-registry.js';
import type { Source } from '../sources/source.js';
import { DryRun, type MessageDifference } from './dry-run.js';
import { countOriginals, findLastPosition, selectOriginals } from './original-message.js';
import { readDryRunOrder, readReplayOrder, type ReplayCriteria } from './replay-criteria.js';
import { cancelRun, findRun, listRuns, startRun, type ReplayRun } from './replay-runs.js';

const MOST_RUNS = 100;
const PAGE_BYTES = 32 * 1024 * 1024;

interface DryRunPage {
  /** Messages that the criteria select, this page and all others. */
  readonly selected: number;
  readonly summary: Readonly<Record<'created' | 'changed' | 'deleted' | 'unchanged' | 'rejected', number>>;
  readonly messages: readonly MessageDifference[];
  /** Give it as `after` for the next page. */
  readonly next?: number;
}

/** Replays of many messages of the caller's care provider, quarantined or not, and what they would change. */
@Controller('replays')
@RequireScopes('ingest:admin')
export class ReplaysController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: SourceRegistry,
    private readonly trail: AdministrationTrail,
    private readonly dryRun: DryRun,
  ) {}

  @Get()
  async list(@Identity() identity: VerifiedIdentity): Promise<{ replays: ReplayRun[] }> {
    const tenant = organisationOf(identity);
    return {
      replays: await inTransaction(this.dataSource, (transaction) =>
        listRuns(transaction, tenant, MOST_RUNS),
      ),
    };
  }

  @Get(':id')
  async get(@Identity() identity: VerifiedIdentity, @Param('id') id: string): Promise<ReplayRun> {
    const tenant = organisationOf(identity);
    const run = await inTransaction(this.dataSource, (transaction) =>
      findRun(transaction, tenant, requireUuid(id, 'There is no such replay')),
    );
    if (run === undefined) throw new Failure('not-found', 'There is no such replay');
    return run;
  }

  @Post()
  @HttpCode(202)
  async start(@Identity() identity: VerifiedIdentity, @Body() body: unknown): Promise<ReplayRun> {
    const tenant = organisationOf(identity);
    const order = readReplayOrder(body);
    this.#requireSource(identity, order.criteria);
    await this.#requireVersion(identity, order.criteria);
    const run = await inTransaction(this.dataSource, async (transaction) => {
      const last = (await findLastPosition(transaction, tenant, order.criteria.source)) ?? 0;
      const started = await startRun(transaction, tenant, order, last);
      await this.trail.of(identity, tenant, `POST replays ${started?.id ?? ''}`)(transaction);
      return started;
    });
    if (run === undefined) throw new Failure('internal', 'The replay was not stored');
    return run;
  }

  /** Stops a replay; what it has sent on already stays sent. */
  @Delete(':id')
  @HttpCode(204)
  async cancel(@Identity() identity: VerifiedIdentity, @Param('id') id: string): Promise<void> {
    const tenant = organisationOf(identity);
    const runId = requireUuid(id, 'There is no such replay');
    const cancelled = await inTransaction(this.dataSource, async (transaction) => {
      await this.trail.of(identity, tenant, `DELETE replays/${runId}`)(transaction);
      return cancelRun(transaction, tenant, runId);
    });
    if (!cancelled) throw new Failure('not-found', 'There is no such replay that still runs');
  }

  /** What the replay would change in the record, a page of messages at a time; nothing is published. */
  @Post('dry-run')
  @HttpCode(200)
  async preview(@Identity() identity: VerifiedIdentity, @Body() body: unknown): Promise<DryRunPage> {
    const tenant = organisationOf(identity);
    const { criteria, count, after, tables, latest = Number.POSITIVE_INFINITY } = readDryRunOrder(body);
    const source = this.#requireSource(identity, criteria);
    await this.#requireVersion(identity, criteria);
    const { selected, originals } = await inTransaction(this.dataSource, async (transaction) => {
      await this.trail.of(identity, tenant, `POST replays/dry-run ${criteria.source}`)(transaction);
      const last = (await findLastPosition(transaction, tenant, criteria.source)) ?? 0;
      const before = Math.max(0, last - latest);
      const limits = { messages: count, bytes: PAGE_BYTES };
      return {
        selected: await countOriginals(transaction, tenant, criteria, { after: before, last }),
        originals: await selectOriginals(
          transaction,
          tenant,
          criteria,
          { after: Math.max(after, before), last },
          limits,
        ),
      };
    });
    const { accepting, mapBy } = criteria;
    const terms = { tenant, source, accepting, caller: identity, tables, mapBy };
    const messages = await this.dryRun.compare(originals, terms);
    const last = originals.at(-1);
    const page = { selected, summary: summaryOf(messages), messages };
    return last === undefined ? page : { ...page, next: last.position };
  }

  async #requireVersion(identity: VerifiedIdentity, { mapBy }: ReplayCriteria): Promise<void> {
    if (mapBy !== undefined) await this.dryRun.requireVersion(mapBy, identity);
  }

  #requireSource(identity: VerifiedIdentity, { source: id }: ReplayCriteria): Source {
    const source = this.registry.find(organisationOf(identity), id);
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    return source;
  }
}

function summaryOf(messages: readonly MessageDifference[]): DryRunPage['summary'] {
  const summary = { created: 0, changed: 0, deleted: 0, unchanged: 0, rejected: 0 };
  for (const { outcome, resources } of messages) {
    if (outcome === 'rejected') summary.rejected += 1;
    for (const { action } of resources) summary[action] += 1;
  }
  return summary;
}
