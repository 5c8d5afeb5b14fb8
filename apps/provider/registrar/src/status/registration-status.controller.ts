import { Controller, Get } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { RegistrationStatusStore, type RegistrationStatus } from './registration-status.js';

/** For a care provider, or who operates the node for it. */
@Controller('registrations')
@RequireScopes('registrations:read')
export class RegistrationStatusController {
  constructor(private readonly statuses: RegistrationStatusStore) {}

  @Get('status')
  status(@Identity() identity: VerifiedIdentity): Promise<RegistrationStatus> {
    if (identity.organisation === undefined)
      throw new Failure('forbidden', 'The access token is of no care provider');
    return this.statuses.statusOf(identity.organisation.ura);
  }
}
