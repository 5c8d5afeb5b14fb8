import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { AdministrationTrail } from '../administration-trail.js';
import { ConnectionTest, type TestStep } from './connection-test.js';
import { readSourceId, requireOwnTenant } from './own-tenant.js';
import { readSourceDeclaration, type DeploymentLimits } from './source-declaration.js';
import { SourceProgress } from './source-progress.js';
import { DEPLOYMENT_LIMITS, SourceRegistry } from './source-registry.js';
import type { Source, SourceStatus } from './source.js';

/** Sources of a care provider, declared and changed while the service runs. */
@Controller('tenants/:ura/sources')
@RequireScopes('ingest:admin')
export class SourcesController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly trail: AdministrationTrail,
    private readonly progress: SourceProgress,
    private readonly connectionTest: ConnectionTest,
    @Inject(DEPLOYMENT_LIMITS) private readonly limits: DeploymentLimits,
  ) {}

  @Get()
  async list(
    @Param('ura') ura: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ sources: object[] }> {
    const tenant = requireOwnTenant(ura, identity);
    const figures = await this.progress.figuresOf(tenant);
    const sources = this.registry.list(tenant).map((source) => ({
      ...represent(this.registry.describe(source)),
      figures: figures.get(source.id),
    }));
    return { sources };
  }

  @Get(':sourceId')
  async get(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<object> {
    const source = this.#get(requireOwnTenant(ura, identity), sourceId);
    const progress = await this.progress.of(source);
    return { ...represent(this.registry.describe(source)), progress };
  }

  /** Says what is wrong with a declaration, and changes nothing. */
  @Post(':sourceId/validate')
  @HttpCode(204)
  validate(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): void {
    requireOwnTenant(ura, identity);
    readSourceId(sourceId);
    readSourceDeclaration(body, this.limits);
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
    const source = {
      tenant,
      id: readSourceId(sourceId),
      declaration: readSourceDeclaration(body, this.limits),
    };
    const record = this.trail.of(identity, tenant, `PUT sources/${source.id}`);
    const isNew = await this.registry.declare(source, record);
    void reply.code(isNew ? 201 : 200);
    return represent(this.registry.describe(source));
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

  @Post(':sourceId/pause')
  @HttpCode(200)
  pause(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<object> {
    return this.#setPaused(requireOwnTenant(ura, identity), sourceId, identity, true);
  }

  @Post(':sourceId/resume')
  @HttpCode(200)
  resume(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<object> {
    return this.#setPaused(requireOwnTenant(ura, identity), sourceId, identity, false);
  }

  /** Tries the connection, step by step; nothing is taken in. */
  @Post(':sourceId/test')
  @HttpCode(200)
  async test(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ ok: boolean; steps: TestStep[] }> {
    const source = this.#get(requireOwnTenant(ura, identity), sourceId);
    const steps = await this.connectionTest.run(source, this.registry.describe(source));
    return { ok: steps.every(({ ok }) => ok), steps };
  }

  async #setPaused(
    tenant: Ura,
    sourceId: string,
    identity: VerifiedIdentity,
    isPaused: boolean,
  ): Promise<object> {
    const source = this.#get(tenant, sourceId);
    const act = `POST sources/${source.id}/${isPaused ? 'pause' : 'resume'}`;
    await this.registry.setPaused(source, isPaused, this.trail.of(identity, tenant, act));
    return represent(this.registry.describe(source));
  }

  #get(tenant: Ura, sourceId: string): Source {
    const source = this.registry.find(tenant, readSourceId(sourceId));
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    return source;
  }
}

function represent({ source, state, pausedAt, reason }: SourceStatus): object {
  const { tenant, id, declaration } = source;
  return {
    tenant,
    id,
    state,
    ...(pausedAt && { pausedAt }),
    ...(reason !== undefined && { reason }),
    ...declaration,
  };
}
