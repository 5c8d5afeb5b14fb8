import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readTokenMembers } from '../registrations/registration-body.js';
import { toJson, type RegistrationJson } from '../registrations/registration-json.js';
import { LocalisationService } from './localisation.service.js';

/** The plain JSON twin of the cross-provider List search. */
@Controller('localize')
export class LocaliseController {
  constructor(private readonly localisation: LocalisationService) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:localize')
  async localise(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<(RegistrationJson & { readonly patient_handle?: string })[]> {
    const question = { token: readTokenMembers(body) };
    const { registrations, patientHandle } = await this.localisation.localise(question, identity);
    const handle = patientHandle === undefined ? {} : { patient_handle: patientHandle };
    return registrations.map((registration) => ({ ...toJson(registration), ...handle }));
  }
}
