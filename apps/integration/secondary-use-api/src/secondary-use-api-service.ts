import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { SecondaryUseConfiguration } from './configuration.js';
import { CreateCountingHistory1796400002000 } from './counts/create-counting-history.migration.js';
import { AddReleases1796400003000 } from './outputs/add-releases.migration.js';
import { CreateOutput1796400001000 } from './outputs/create-output.migration.js';
import { CreatePermit1796400000000 } from './permits/create-permit.migration.js';
import { SecondaryUseApiModule } from './secondary-use-api.module.js';

export const secondaryUseApiService: ServiceDefinition = {
  name: 'secondary-use-api',
  title: 'Secondary-use API',
  portOffset: portOffsets['secondary-use-api'],
  module: SecondaryUseApiModule,
  database: {
    migrations: [
      CreatePermit1796400000000,
      CreateOutput1796400001000,
      CreateCountingHistory1796400002000,
      AddReleases1796400003000,
    ],
  },
  configuration: SecondaryUseConfiguration,
};
