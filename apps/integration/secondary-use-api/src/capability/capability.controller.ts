import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { openApi } from './open-api.js';

/** What the API says of itself, to anybody. */
@Controller()
export class CapabilityController {
  constructor(private readonly environment: ServiceEnvironment) {}

  @Public()
  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  document(): string {
    return JSON.stringify(openApi(this.environment.publicUrl));
  }
}
