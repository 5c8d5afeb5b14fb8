import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { FhirSourceConfiguration } from './configuration.js';
import { Bgz2017Module } from './bgz-2017/bgz-2017.module.js';
import { GuardedFhirModule } from './guarded/guarded-fhir.module.js';
import { OpenFhirModule } from './open/open-fhir.module.js';

/** A care provider's FHIR server on its own network, from which its node pulls. No access control of its own. */
export const fhirSourceService: ServiceDefinition = {
  name: 'fhir-source',
  title: 'FHIR server of a source (emulator)',
  portOffset: portOffsets['fhir-source-gp'],
  module: OpenFhirModule,
  configuration: FhirSourceConfiguration,
};

/** A care provider's server of FHIR STU3, in the searches of BgZ 2017: its node asks it live. */
export const bgz2017SourceService: ServiceDefinition = {
  name: 'fhir-source',
  title: 'FHIR STU3 server of a source (emulator)',
  portOffset: portOffsets['fhir-source-gp'],
  module: Bgz2017Module,
  configuration: FhirSourceConfiguration,
};

/** A care provider's FHIR server that others ask directly: with token, decision, consent and audit trail. */
export const guardedFhirSourceService: ServiceDefinition = {
  name: 'fhir-source',
  title: 'FHIR endpoint of a data holder (emulator)',
  portOffset: portOffsets['fhir-source-nursing-home'],
  module: GuardedFhirModule,
  configuration: FhirSourceConfiguration,
  // No tables of its own: the database is where its audit events wait to be carried away.
  database: { migrations: [] },
};
