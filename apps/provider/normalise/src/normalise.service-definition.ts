import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { CreateTableSets1795500000001 } from './tables/create-table-sets.migration.js';
import { CreateTermSupplement1796600000001 } from './terminology/create-term-supplement.migration.js';
import { WithdrawTranslations1796600000002 } from './terminology/withdraw-translations.migration.js';
import { NormaliseConfiguration } from './normalise.configuration.js';
import { NormaliseModule } from './normalise.module.js';

export const normaliseService: ServiceDefinition = {
  name: 'normalise',
  title: 'Normaliser to zib and FHIR',
  portOffset: portOffsets.normalise,
  module: NormaliseModule,
  configuration: NormaliseConfiguration,
  database: {
    migrations: [
      CreateTableSets1795500000001,
      CreateTermSupplement1796600000001,
      WithdrawTranslations1796600000002,
    ],
  },
};
