import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AddressBookModule } from './address-book.module.js';
import { CreateDirectory1792540800000 } from './directory/create-directory.migration.js';

export const addressBookService: ServiceDefinition = {
  name: 'address-book',
  title: 'National address book',
  portOffset: portOffsets['address-book'],
  module: AddressBookModule,
  database: { migrations: [CreateDirectory1792540800000] },
};
