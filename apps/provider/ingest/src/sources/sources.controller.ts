import { Body, Controller, Delete, Get, HttpCode, Param, Put, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { AdministrationTrail } from '../administration-trail.js';
import { readSourceDeclaration } from './source-declaration.js';
import { readSourceId, requireOwnTenant } from './own-tenant.js';
import { SourceRegistry } from './source-registry.js';
import type { Source } from './source.js';

/** Sources of a care provider, declared and changed while the service runs. */
@Controller('tenants/:ura/sources')
@RequireScopes('ingest:admin')
export class SourcesController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly trail: AdministrationTrail,
  ) {}

  @Get()
  list(@Param('ura') ura: string, @Identity() identity: VerifiedIdentity): { sources: object[] } {
    return { sources: this.registry.list(requireOwnTenant(ura, identity)).map(represent) };
  }

  @Get(':sourceId')
  get(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): object {
    const source = this.registry.find(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    return represent(source);
  }

  @Put(':sourceId')
  async declare(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const tenant = requireOwnTenant(ura, identity);
    const source = { tenant, id: readSourceId(sourceId), declaration: readSourceDeclaration(body) };
    const record = this.trail.of(identity, tenant, `PUT sources/${source.id}`);
    const isNew = await this.registry.declare(source, record);
    void reply.code(isNew ? 201 : 200);
    return represent(source);
  }

  @Delete(':sourceId')
  @HttpCode(204)
  async remove(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const tenant = requireOwnTenant(ura, identity);
    const id = readSourceId(sourceId);
    await this.registry.remove(tenant, id, this.trail.of(identity, tenant, `DELETE sources/${id}`));
  }
}

function represent({ tenant, id, declaration }: Source): object {
  return { tenant, id, ...declaration };
}
