import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { ReferenceIndexConfiguration } from './reference-index.configuration.js';
import { ReferenceIndexModule } from './reference-index.module.js';
import { CreateRegistration1792540800000 } from './registrations/create-registration.migration.js';
import { AddKeyVersions1792540802000 } from './rekeying/add-key-versions.migration.js';
import { CreateRestriction1792540804000 } from './restrictions/create-restriction.migration.js';
import { CreateUsedToken1792540801000 } from './tokens/create-used-token.migration.js';
import { CreateWipeRequest1792540803000 } from './wipe/create-wipe-request.migration.js';

export const referenceIndexService: ServiceDefinition = {
  name: 'reference-index',
  title: 'National reference index',
  portOffset: portOffsets['reference-index'],
  module: ReferenceIndexModule,
  database: {
    migrations: [
      CreateRegistration1792540800000,
      CreateUsedToken1792540801000,
      AddKeyVersions1792540802000,
      CreateWipeRequest1792540803000,
      CreateRestriction1792540804000,
    ],
    poolSize: 10,
  },
  configuration: ReferenceIndexConfiguration,
};
