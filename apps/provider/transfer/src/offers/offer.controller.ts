import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { Tenants } from '../storage/tenants.js';
import type { TaskChange } from '../tasks/task-table.js';
import { readOfferRequest } from './offer-request.js';
import { OfferService, type TransferView } from './offer.service.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** For the sender's own systems: what is offered to others. */
@Controller('tenants/:ura')
@RequireScopes('transfer:manage')
export class OfferController {
  constructor(
    private readonly offers: OfferService,
    private readonly tenants: Tenants,
  ) {}

  @Post('transfers')
  @HttpCode(201)
  async offer(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TransferView> {
    const tenant = this.tenants.own(ura, identity);
    return this.offers.offer(tenant, readOfferRequest(body, tenant, new Date()), identity);
  }

  @Get('transfers')
  async list(
    @Param('ura') ura: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ transfers: TransferView[] }> {
    return { transfers: await this.offers.list(this.tenants.own(ura, identity)) };
  }

  @Get('transfers/:id')
  show(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TransferView> {
    return this.offers.show(this.tenants.own(ura, identity), uuidOf(id));
  }

  @Post('transfers/:id/cancel')
  @HttpCode(200)
  cancel(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TransferView> {
    const { reason } = membersOf(body);
    return this.offers.cancel(
      this.tenants.own(ura, identity),
      uuidOf(id),
      typeof reason === 'string' ? reason.slice(0, 500) : undefined,
    );
  }

  @Post('transfers/:id/select')
  @HttpCode(200)
  select(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TransferView> {
    const { task } = membersOf(body);
    return this.offers.select(this.tenants.own(ura, identity), uuidOf(id), uuidOf(task));
  }

  @Post('transfers/:id/steps')
  @HttpCode(200)
  step(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TransferView> {
    const tenant = this.tenants.own(ura, identity);
    const { task, status } = membersOf(body);
    if (status !== 'in-progress' && status !== 'failed')
      throw new Failure('invalid', 'status is in-progress or failed');
    return this.offers.step(tenant, uuidOf(id), uuidOf(task), status);
  }

  /** What receivers did, oldest first: whoever asks again after the last position misses nothing. */
  @Get('transfer-changes')
  async changes(
    @Param('ura') ura: string,
    @Query('after') after: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ changes: TaskChange[] }> {
    if (after !== undefined && !/^\d{1,15}$/.test(after))
      throw new Failure('malformed', 'after is a position');
    return { changes: await this.offers.changes(this.tenants.own(ura, identity), Number(after ?? 0)) };
  }
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
}

/** What is no UUID is no id of ours. @throws Failure('not-found') */
function uuidOf(text: unknown): string {
  if (typeof text !== 'string' || !UUID.test(text))
    throw new Failure('not-found', 'There is no such transfer');
  return text;
}
