import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { countByType } from './directory/directory-store.js';
import { DirectoryHistoryController } from './search/directory-history.controller.js';
import { DirectoryReadController } from './search/directory-read.controller.js';
import { DirectoryConnection } from './replica/directory-connection.js';
import { ReplicaSync } from './replica/replica-sync.js';
import { DirectorySearch } from './search/directory-search.service.js';
import { DirectoryWriteController } from './write/directory-write.controller.js';
import { DirectoryWriter } from './write/directory-writer.service.js';

@Module({
  imports: [IdentityModule],
  controllers: [DirectoryWriteController, DirectoryHistoryController, DirectoryReadController],
  providers: [
    DirectorySearch,
    DirectoryWriter,
    DirectoryConnection,
    ReplicaSync,
    {
      provide: STATUS_COUNTS,
      inject: [DataSource],
      useFactory:
        (dataSource: DataSource): StatusCounts =>
        () =>
          countByType(dataSource),
    },
  ],
})
export class AddressBookModule {}
