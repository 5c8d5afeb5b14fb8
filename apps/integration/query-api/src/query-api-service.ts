import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { QueryApiConfiguration } from './configuration.js';
import { CreateAnsweredView1764000000000 } from './patient-view/create-answered-view.migration.js';
import { CreateLocalisationChange1764000001000 } from './localisation/create-localisation-change.migration.js';
import { CreateSubscription1795600000000 } from './subscriptions/create-subscription.migration.js';
import { QueryApiModule } from './query-api.module.js';

export const queryApiService: ServiceDefinition = {
  name: 'query-api',
  title: 'Query API',
  portOffset: portOffsets['query-api'],
  module: QueryApiModule,
  database: {
    migrations: [
      CreateAnsweredView1764000000000,
      CreateLocalisationChange1764000001000,
      CreateSubscription1795600000000,
    ],
  },
  configuration: QueryApiConfiguration,
};
