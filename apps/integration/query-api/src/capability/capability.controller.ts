import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { capabilityStatement } from './capability-statement.js';

@Controller('fhir')
export class CapabilityController {
  constructor(@Inject(ServiceEnvironment) private readonly environment: ServiceEnvironment) {}

  @Public()
  @Get('metadata')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  metadata(): string {
    return JSON.stringify(capabilityStatement(`${this.environment.publicUrl}/fhir`));
  }
}
