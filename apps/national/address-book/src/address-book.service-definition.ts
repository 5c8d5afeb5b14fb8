import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AddressBookConfiguration } from './address-book.configuration.js';
import { AddressBookModule } from './address-book.module.js';
import { CreateDirectory1792540800000 } from './directory/create-directory.migration.js';
import { CreateStoppedOrganisation1795348801000 } from './directory/create-stopped-organisation.migration.js';
import { CreateReplica1792540801000 } from './replica/create-replica.migration.js';

export const addressBookService: ServiceDefinition = {
  name: 'address-book',
  title: 'National address book',
  portOffset: portOffsets['address-book'],
  module: AddressBookModule,
  database: {
    migrations: [
      CreateDirectory1792540800000,
      CreateReplica1792540801000,
      CreateStoppedOrganisation1795348801000,
    ],
  },
  configuration: AddressBookConfiguration,
};
