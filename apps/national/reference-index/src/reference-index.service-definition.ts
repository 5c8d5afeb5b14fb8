import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { ReferenceIndexConfiguration } from './reference-index.configuration.js';
import { ReferenceIndexModule } from './reference-index.module.js';
import { CreateRegistration1792540800000 } from './registrations/create-registration.migration.js';
import { AddKeyRelease1792540805000 } from './rekeying/add-key-release.migration.js';
import { AddKeyVersions1792540802000 } from './rekeying/add-key-versions.migration.js';
import { CreateRestriction1792540804000 } from './restrictions/create-restriction.migration.js';
import { CreateUsedToken1792540801000 } from './tokens/create-used-token.migration.js';
import { CreateWipeRequest1792540803000 } from './wipe/create-wipe-request.migration.js';

/**
 * Every statement of the index reaches rows by a key, whatever the size of the table: planned once, and never with the
 * scan that a table that is still small would invite.
 */
const reachingRowsByKey = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

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
      AddKeyRelease1792540805000,
    ],
    poolSize: 10,
    session: reachingRowsByKey,
  },
  configuration: ReferenceIndexConfiguration,
};
