import { Module } from '@nestjs/common';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { ResourceCollection } from '../resources/resource-collection.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { OpenFhirController } from './open-fhir.controller.js';

@Module({
  imports: [ResourcesModule],
  controllers: [OpenFhirController],
  providers: [
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
