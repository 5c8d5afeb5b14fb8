import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readChoice, readPatient } from './choice.js';
import type { StoredChoice } from './choice-store.js';
import { ChoicesOfCitizen } from './choices-of-citizen.js';

/** Records and shows the choices of citizens. The citizen's number is in the body of a request, never in its URL. */
@Controller('choices')
@RequireScopes('consent:admin')
export class ChoicesController {
  constructor(private readonly choices: ChoicesOfCitizen) {}

  @Put()
  put(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<StoredChoice> {
    const { patient, choice } = readChoice(body);
    return this.choices.put(patient, choice, identity);
  }

  @Post('_search')
  @HttpCode(200)
  async search(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ choices: StoredChoice[] }> {
    return { choices: await this.choices.list(readPatient(body), identity) };
  }

  @Delete(':id')
  @HttpCode(204)
  delete(
    @Param('id') id: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    return this.choices.withdraw(readPatient(body), id, identity);
  }
}
