import { Controller, Get, Param } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { DataSource } from 'typeorm';
import { loadStates } from '../resources/resource-table.js';
import { inTenant } from '../storage/tenant-fence.js';

/** The message that a resource was made of, and the version of the mapping that made it. */
export interface ResourceOrigin {
  readonly sourceId: string;
  readonly position: number;
  readonly receivedAt: string;
  readonly mappingVersion: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** Where resources of the caller's care provider come from; nothing of what they say. */
@Controller('origins/:type/:id')
export class OriginsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @RequireScopes('record:compare')
  async find(
    @Param('type') type: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<ResourceOrigin> {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const keys = ID.test(type) && ID.test(id) ? [{ tenant, type, id }] : [];
    const [state] = await inTenant(this.dataSource, tenant, (transaction) => loadStates(transaction, keys));
    if (state === undefined || state.deleted) throw new Failure('not-found', 'There is no such resource');
    return state.stamp;
  }
}
