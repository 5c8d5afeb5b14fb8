import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AuthorisationServerModule } from './authorisation-server.module.js';
import { AuthorisationServerConfiguration } from './configuration.js';
import { mountProvider } from './mount-provider.js';
import { CreateStoppedOrganisation1795348802000 } from './organisations/create-stopped-organisation.migration.js';
import { CreateArtifact1763700000000 } from './storage/create-artifact.migration.js';
import { CreateKeysAndRevocations1795348800000 } from './storage/create-keys-and-revocations.migration.js';

export const authorisationServerService: ServiceDefinition = {
  name: 'authorisation-server',
  title: 'Authorisation server',
  portOffset: portOffsets['authorisation-server'],
  module: AuthorisationServerModule,
  configuration: AuthorisationServerConfiguration,
  database: {
    migrations: [
      CreateArtifact1763700000000,
      CreateKeysAndRevocations1795348800000,
      CreateStoppedOrganisation1795348802000,
    ],
  },
  configureHttp: mountProvider,
};
