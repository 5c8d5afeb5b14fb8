import { Module } from '@nestjs/common';
import { FhirSourceConfiguration } from '../configuration.js';
import { loadResources } from './load-file.js';
import { ResourceCollection } from './resource-collection.js';

/** The resources the server holds. */
@Module({
  providers: [
    {
      provide: ResourceCollection,
      useFactory: ({ fhirSourceFile, fhirVersion }: FhirSourceConfiguration) =>
        loadResources(fhirSourceFile, fhirVersion),
      inject: [FhirSourceConfiguration],
    },
  ],
  exports: [ResourceCollection],
})
export class ResourcesModule {}
