import { Module } from '@nestjs/common';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { ResourceCollection } from '../resources/resource-collection.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { BulkExportController } from './bulk-export.controller.js';
import { BulkExports } from './bulk-exports.js';
import { HistoryController } from './history.controller.js';
import { OpenFhirController } from './open-fhir.controller.js';
import { SmartBackend } from './smart-backend.js';
import { SmartController } from './smart.controller.js';
import { SmartGuard } from './smart-guard.js';
import { Subscriptions } from './subscriptions.js';

@Module({
  imports: [ResourcesModule],
  controllers: [HistoryController, BulkExportController, SmartController, OpenFhirController],
  providers: [
    BulkExports,
    SmartBackend,
    SmartGuard,
    Subscriptions,
    {
      provide: STATUS_COUNTS,
      useFactory:
        (resources: ResourceCollection): StatusCounts =>
        () =>
          Promise.resolve({ resources: resources.size }),
      inject: [ResourceCollection],
    },
  ],
})
export class OpenFhirModule {}
