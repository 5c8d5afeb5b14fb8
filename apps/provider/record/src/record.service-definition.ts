import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AddConsents1796310000000 } from './consents/add-consents.migration.js';
import { AddDirectPatients1796600000000 } from './direct/add-direct-patients.migration.js';
import { RecordConfiguration } from './record.configuration.js';
import { RecordModule } from './record.module.js';
import { CreateExport1796310000000 } from './secondary-use/export/create-export.migration.js';
import { KeepExportsUncompressed1796500000000 } from './secondary-use/export/keep-exports-uncompressed.migration.js';
import { AddGeneralisation1796300000000 } from './secondary-use/add-generalisation.migration.js';
import { AddDemographics1795400000002 } from './storage/add-demographics.migration.js';
import { AddEmergencyAccesses1796000000000 } from './storage/add-emergency-accesses.migration.js';
import { AddMentions1795305601000 } from './storage/add-mentions.migration.js';
import { AddSearchDetails1796400000000 } from './storage/add-search-details.migration.js';
import { CreateRecord1795305600000 } from './storage/create-record.migration.js';
import { ReadFenceOnce1796700000000 } from './storage/read-fence-once.migration.js';

export const recordService: ServiceDefinition = {
  name: 'record',
  title: 'Record store and FHIR API of data holders',
  portOffset: portOffsets.record,
  module: RecordModule,
  database: {
    migrations: [
      CreateRecord1795305600000,
      AddMentions1795305601000,
      AddDemographics1795400000002,
      AddEmergencyAccesses1796000000000,
      AddSearchDetails1796400000000,
      AddGeneralisation1796300000000,
      CreateExport1796310000000,
      AddConsents1796310000000,
      KeepExportsUncompressed1796500000000,
      AddDirectPatients1796600000000,
      ReadFenceOnce1796700000000,
    ],
    poolSize: 10,
  },
  configuration: RecordConfiguration,
};
