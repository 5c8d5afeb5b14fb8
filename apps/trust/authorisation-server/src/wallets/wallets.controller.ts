import { Controller, Get, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Public, scopes } from '@samenhang/identity';
import { careProviderDefinition, type PresentationDefinition } from './presentation-definition.js';

/** What a wallet has to show for a scope (Nuts RFC021 section 5). */
@Controller()
export class WalletsController {
  @Public()
  @Get('presentation_definition')
  definition(@Query('scope') scope: unknown): PresentationDefinition {
    const known = new Set<string>(scopes);
    if (typeof scope !== 'string' || !scope.split(' ').every((each) => known.has(each)))
      throw new Failure('invalid', 'The scope is not known');
    return careProviderDefinition;
  }
}
