import { Controller, Get, Param, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import { listDeliveries, type Delivery } from './delivery-store.js';

const LARGEST_PAGE = 1000;

/** Files and streams of a source: how far each has been taken in, newest first. */
@Controller('tenants/:ura/sources/:sourceId/deliveries')
@RequireScopes('ingest:admin')
export class DeliveriesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: SourceRegistry,
  ) {}

  @Get()
  async list(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
    @Query('count') count = '100',
  ): Promise<{ deliveries: Delivery[] }> {
    const source = this.registry.find(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    const limit = Number(count);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      throw new Failure('malformed', `count is a number from 1 to ${String(LARGEST_PAGE)}`);
    return { deliveries: await inTransaction(this.dataSource, (tx) => listDeliveries(tx, source, limit)) };
  }
}
