import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { CreateConsentSubscription1792540807000 } from './consent-subscriptions/create-consent-subscription.migration.js';
import { CreateRegistrationState1792540800000 } from './desired-state/create-registration-state.migration.js';
import { CreateEvaluation1792540806000 } from './evaluation/create-evaluation.migration.js';
import { CreateObjection1792540802000 } from './objections/create-objection.migration.js';
import { AddRegistrationId1792540801000 } from './reconciliation/add-registration-id.migration.js';
import { RegistrarConfiguration } from './registrar.configuration.js';
import { RegistrarModule } from './registrar.module.js';

export const registrarService: ServiceDefinition = {
  name: 'registrar',
  title: 'Registrar at the national reference index',
  portOffset: portOffsets.registrar,
  module: RegistrarModule,
  database: {
    migrations: [
      CreateRegistrationState1792540800000,
      AddRegistrationId1792540801000,
      CreateObjection1792540802000,
      CreateEvaluation1792540806000,
      CreateConsentSubscription1792540807000,
    ],
  },
  configuration: RegistrarConfiguration,
};
