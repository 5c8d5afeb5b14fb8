import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { Permit } from './permit.js';
import { organisationOf, PermitService } from './permit.service.js';
import { readApplication, readExpiry } from './read-application.js';

/** For researchers: their own permits. */
@Controller('permits')
@RequireScopes('research:use')
export class PermitController {
  constructor(private readonly permits: PermitService) {}

  @Post()
  apply(@Body() body: unknown, @Identity() who: VerifiedIdentity): Promise<Permit> {
    return this.permits.apply(readApplication(body), who);
  }

  @Get()
  async list(@Identity() who: VerifiedIdentity): Promise<{ permits: Permit[] }> {
    return { permits: await this.permits.list(organisationOf(who)) };
  }

  @Get(':id')
  get(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<Permit> {
    return this.permits.getOwn(id, who);
  }

  /** For holders whose work under a permit lasts longer than what they were asked with. */
  @RequireScopes('permits:standing')
  @Get(':id/standing')
  async standing(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<{ holds: boolean }> {
    return { holds: await this.permits.holdsFor(id, organisationOf(who)) };
  }
}

/** For those who assess applications. */
@Controller('assessment/permits')
@RequireScopes('research:assess')
export class PermitAssessmentController {
  constructor(private readonly permits: PermitService) {}

  @Get()
  async list(): Promise<{ permits: Permit[] }> {
    return { permits: await this.permits.list(undefined) };
  }

  /** `{expiresAt}`. */
  @Post(':id/grant')
  @HttpCode(200)
  grant(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Identity() who: VerifiedIdentity,
  ): Promise<Permit> {
    return this.permits.grant(id, readExpiry(body), who);
  }

  @Post(':id/reject')
  @HttpCode(200)
  reject(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<Permit> {
    return this.permits.reject(id, who);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  withdraw(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<Permit> {
    return this.permits.withdraw(id, who);
  }
}
