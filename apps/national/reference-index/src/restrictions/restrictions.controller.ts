import { Body, Controller, Header, Put } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readStatedRestrictions } from './restriction.js';
import { RestrictionService } from './restriction.service.js';

/** What a person does not want to be told of by this index. An empty list lifts all that the caller stated. */
@Controller('restrictions')
export class RestrictionsController {
  constructor(private readonly service: RestrictionService) {}

  @Put()
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:restrict')
  async state(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ restrictions: number }> {
    return { restrictions: await this.service.state(readStatedRestrictions(body), identity) };
  }
}
