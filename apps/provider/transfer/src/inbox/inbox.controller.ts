import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { Tenants } from '../storage/tenants.js';
import { findTaskStatus } from '../tasks/task-status.js';
import { InboxService, type InboxView } from './inbox.service.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** For the receiver's own systems: what others offer. */
@Controller('tenants/:ura/inbox')
@RequireScopes('transfer:manage')
export class InboxController {
  constructor(
    private readonly inbox: InboxService,
    private readonly tenants: Tenants,
  ) {}

  @Get()
  async list(
    @Param('ura') ura: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ items: InboxView[] }> {
    return { items: await this.inbox.list(this.tenants.own(ura, identity)) };
  }

  @Get(':id')
  show(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<InboxView> {
    return this.inbox.show(this.tenants.own(ura, identity), itemIdOf(id));
  }

  @Get(':id/resources')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-store')
  resources(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.inbox.resources(this.tenants.own(ura, identity), itemIdOf(id), identity);
  }

  @Post(':id/pull')
  @HttpCode(202)
  pull(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<InboxView> {
    return this.inbox.pull(this.tenants.own(ura, identity), itemIdOf(id));
  }

  @Post(':id/steps')
  @HttpCode(200)
  step(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<InboxView> {
    const tenant = this.tenants.own(ura, identity);
    const { status: named, reason } = (typeof body === 'object' && body !== null ? body : {}) as {
      status?: unknown;
      reason?: unknown;
    };
    const status = findTaskStatus(named);
    if (status === undefined) throw new Failure('invalid', 'status is a status of a Task');
    const why = typeof reason === 'string' ? reason.slice(0, 500) : undefined;
    return this.inbox.step(tenant, itemIdOf(id), status, why);
  }
}

function itemIdOf(id: string): string {
  if (!UUID.test(id)) throw new Failure('not-found', 'There is no such item');
  return id;
}
