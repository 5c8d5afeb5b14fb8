import { Body, Controller, Delete, Get, Header, HttpCode, Param, Put } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readOwnChoice } from '../choices/choice.js';
import type { StoredChoice } from '../choices/choice-store.js';
import { ChoicesOfCitizen } from '../choices/choices-of-citizen.js';
import type { OptOut } from '../opt-outs/opt-out-store.js';
import { OptOutsOfCitizen, readUse } from '../opt-outs/opt-outs-of-citizen.js';
import { OwnPatient } from './own-patient.js';

/** A citizen sees and changes their own choices and opt-outs. No request has a number in it. */
@Controller('own')
@RequireScopes('consent:own')
export class OwnChoicesController {
  constructor(
    private readonly own: OwnPatient,
    private readonly choices: ChoicesOfCitizen,
    private readonly optOuts: OptOutsOfCitizen,
  ) {}

  @Get('choices')
  @Header('cache-control', 'no-store')
  async listChoices(@Identity() identity: VerifiedIdentity): Promise<{ choices: StoredChoice[] }> {
    const patient = await this.own.of(identity, 'consent-question');
    return { choices: await this.choices.list(patient, identity) };
  }

  @Put('choices')
  async choose(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<StoredChoice> {
    const patient = await this.own.of(identity, 'consent-change');
    return this.choices.put(patient, readOwnChoice(body), identity);
  }

  @Delete('choices/:id')
  @HttpCode(204)
  async takeBack(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<void> {
    const patient = await this.own.of(identity, 'consent-change');
    await this.choices.withdraw(patient, id, identity);
  }

  @Get('opt-outs')
  @Header('cache-control', 'no-store')
  async listOptOuts(@Identity() identity: VerifiedIdentity): Promise<{ optOuts: OptOut[] }> {
    const patient = await this.own.of(identity, 'consent-question');
    return { optOuts: await this.optOuts.list(patient, identity) };
  }

  @Put('opt-outs/:use')
  async optOut(@Param('use') name: string, @Identity() identity: VerifiedIdentity): Promise<OptOut> {
    const patient = await this.own.of(identity, 'consent-change');
    return this.optOuts.give(patient, readUse(name), identity);
  }

  @Delete('opt-outs/:use')
  @HttpCode(204)
  async optIn(@Param('use') name: string, @Identity() identity: VerifiedIdentity): Promise<void> {
    const patient = await this.own.of(identity, 'consent-change');
    await this.optOuts.withdraw(patient, readUse(name), identity);
  }
}
