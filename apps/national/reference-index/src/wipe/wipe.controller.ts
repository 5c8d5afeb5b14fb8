import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { OrganisationWipe } from './organisation-wipe.js';

@Controller('registrations/wipe')
@RequireScopes('nvi:delete')
export class WipeController {
  constructor(private readonly wipe: OrganisationWipe) {}

  @Post()
  @HttpCode(202)
  @Header('cache-control', 'no-store')
  async announce(
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ confirmation: string; registrations: number; expires_at: string }> {
    const { confirmation, registrations, expiresAt } = await this.wipe.announce(identity);
    return { confirmation, registrations, expires_at: expiresAt.toISOString() };
  }

  /** `{confirmation, registrations}` as the announcement gave them. */
  @Post('confirm')
  @HttpCode(200)
  async confirm(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ withdrawn: number }> {
    const { confirmation, registrations } = (body ?? {}) as Record<string, unknown>;
    if (typeof confirmation !== 'string' || confirmation === '' || !Number.isInteger(registrations))
      throw new Failure('malformed', 'confirmation and registrations are required as they were announced');
    return { withdrawn: await this.wipe.confirm(confirmation, registrations as number, identity) };
  }
}
