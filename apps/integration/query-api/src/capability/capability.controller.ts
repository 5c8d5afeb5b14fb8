import { Controller, Get, Header, Inject } from '@nestjs/common';
import { fhirJson } from '@samenhang/fhir-http';
import { Public } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { capabilityStatement } from './capability-statement.js';
import { openApi } from './open-api.js';
import { smartConfiguration } from './smart-configuration.js';

const json = 'application/json; charset=utf-8';

/** What the API says of itself, to anybody. */
@Controller()
@Public()
export class CapabilityController {
  constructor(@Inject(ServiceEnvironment) private readonly environment: ServiceEnvironment) {}

  @Get('fhir/metadata')
  @Header('content-type', fhirJson)
  metadata(): string {
    return JSON.stringify(capabilityStatement(`${this.environment.publicUrl}/fhir`));
  }

  @Get(['.well-known/smart-configuration', 'fhir/.well-known/smart-configuration'])
  @Header('content-type', json)
  smartConfiguration(): string {
    return JSON.stringify(smartConfiguration(this.environment.serviceUrl('authorisation-server')));
  }

  @Get('openapi.json')
  @Header('content-type', json)
  openApi(): string {
    return JSON.stringify(openApi(this.environment.publicUrl));
  }
}
