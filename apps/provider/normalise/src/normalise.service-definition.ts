import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { NormaliseModule } from './normalise.module.js';

export const normaliseService: ServiceDefinition = {
  name: 'normalise',
  title: 'Normaliser to zib and FHIR',
  portOffset: portOffsets.normalise,
  module: NormaliseModule,
  // No tables of its own: the database is where its events come from and go to.
  database: { migrations: [] },
};
