import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { CreateCallerActivity1792540804000 } from './anomaly/create-caller-activity.migration.js';
import { CreateBulkRequest1792540805000 } from './bulk/create-bulk-request.migration.js';
import { AddKeyRelease1792540806000 } from './keys/add-key-release.migration.js';
import { CreateKeyVersion1792540802000 } from './keys/create-key-version.migration.js';
import { PseudonymisationConfiguration } from './pseudonymisation.configuration.js';
import { PseudonymisationModule } from './pseudonymisation.module.js';
import { CreateRecipientKey1792540803000 } from './recipients/create-recipient-key.migration.js';
import { CreateEvaluationUsage1792540800000 } from './quota/create-evaluation-usage.migration.js';

export const pseudonymisationService: ServiceDefinition = {
  name: 'pseudonymisation',
  title: 'Pseudonymisation service',
  portOffset: portOffsets.pseudonymisation,
  module: PseudonymisationModule,
  database: {
    migrations: [
      CreateEvaluationUsage1792540800000,
      CreateKeyVersion1792540802000,
      CreateRecipientKey1792540803000,
      CreateCallerActivity1792540804000,
      CreateBulkRequest1792540805000,
      AddKeyRelease1792540806000,
    ],
  },
  configuration: PseudonymisationConfiguration,
};
