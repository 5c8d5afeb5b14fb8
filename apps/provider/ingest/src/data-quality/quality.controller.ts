import { Controller, Get, Param, Query } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { CoverageFold } from '../mapping-coverage/coverage-fold.js';
import { readDay } from '../mapping-coverage/coverage.controller.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { toReport, type QualityReport } from './quality-report.js';
import { countMessages, countRetransmissions, findQuality } from './quality-store.js';

/** How good what a source delivers is: counts only, summed as messages are mapped. */
@Controller('tenants/:ura/sources/:sourceId/quality')
@RequireScopes('ingest:admin')
export class QualityController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly folding: CoverageFold,
  ) {}

  @Get()
  async report(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Query() { from, until }: Readonly<Partial<Record<'from' | 'until', string>>>,
    @Identity() identity: VerifiedIdentity,
  ): Promise<QualityReport> {
    const tenant = requireOwnTenant(ura, identity);
    const source = readSourceId(sourceId);
    const selection = { tenant, source, from: readDay(from), until: readDay(until) };
    await this.folding.fold();
    return inTransaction(this.dataSource, async (transaction) =>
      toReport(
        source,
        await countMessages(transaction, selection),
        await countRetransmissions(transaction, selection),
        await findQuality(transaction, selection),
      ),
    );
  }
}
