import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AddChoiceRevision1763700001000 } from './choices/add-choice-revision.migration.js';
import { CreateChoice1763700000000 } from './choices/create-choice.migration.js';
import { ConsentRegisterConfiguration } from './consent-register.configuration.js';
import { CreateSubscription1763700003000 } from './subscriptions/create-subscription.migration.js';
import { ConsentRegisterModule } from './consent-register.module.js';
import { CreateOptOut1763700002000 } from './opt-outs/create-opt-out.migration.js';

export const consentRegisterService: ServiceDefinition = {
  name: 'consent-register',
  title: 'Consent register',
  portOffset: portOffsets['consent-register'],
  module: ConsentRegisterModule,
  database: {
    migrations: [
      CreateChoice1763700000000,
      AddChoiceRevision1763700001000,
      CreateOptOut1763700002000,
      CreateSubscription1763700003000,
    ],
  },
  configuration: ConsentRegisterConfiguration,
};
