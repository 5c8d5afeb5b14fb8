import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readPatient } from '../choices/choice.js';
import type { OptOut } from './opt-out-store.js';
import { OptOutsOfCitizen, readUse } from './opt-outs-of-citizen.js';

/**
 * A citizen opts out of primary or secondary use, and in again, at any time and without a reason (EHDS, articles 10 and
 * 71). The citizen's number is in the body of a request, never in its URL.
 */
@Controller('opt-outs')
@RequireScopes('consent:admin')
export class OptOutController {
  constructor(private readonly optOuts: OptOutsOfCitizen) {}

  @Put(':use')
  give(
    @Param('use') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<OptOut> {
    const [use, patient] = [readUse(name), readPatient(body)];
    return this.optOuts.give(patient, use, identity);
  }

  @Delete(':use')
  @HttpCode(204)
  withdraw(
    @Param('use') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const [use, patient] = [readUse(name), readPatient(body)];
    return this.optOuts.withdraw(patient, use, identity);
  }

  @Post('_search')
  @HttpCode(200)
  async search(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ optOuts: OptOut[] }> {
    return { optOuts: await this.optOuts.list(readPatient(body), identity) };
  }
}
