import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { CapabilityController } from './capability/capability.controller.js';
import { CatalogueSizes } from './catalogue/catalogue-sizes.js';
import { CatalogueController } from './catalogue/catalogue.controller.js';
import { SecondaryUseConfiguration } from './configuration.js';
import { CountController } from './counts/count.controller.js';
import { CountService } from './counts/count.service.js';
import { FederatedViews } from './holders/federated-views.js';
import { Airlock } from './outputs/airlock.js';
import { OutputCheckController, OutputController } from './outputs/output.controller.js';
import { OutputService } from './outputs/output.service.js';
import { PermitAssessmentController, PermitController } from './permits/permit.controller.js';
import { PermitService } from './permits/permit.service.js';
import { PermitsInUse } from './permits/permits-in-use.js';
import { ProjectRecipients } from './projects/project-recipients.js';
import { ProjectSecrets } from './projects/project-secrets.js';
import { PseudonymReader } from './projects/pseudonym-reader.js';
import { ReleaseController, ReleaseKeysController } from './releases/release.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    CapabilityController,
    CatalogueController,
    PermitController,
    PermitAssessmentController,
    CountController,
    OutputController,
    OutputCheckController,
    ReleaseController,
    ReleaseKeysController,
  ],
  providers: [
    PermitService,
    ProjectSecrets,
    ProjectRecipients,
    PseudonymReader,
    FederatedViews,
    CatalogueSizes,
    CountService,
    OutputService,
    {
      provide: PermitsInUse,
      useFactory: (dataSource: DataSource, { permitWatchMs }: SecondaryUseConfiguration) =>
        new PermitsInUse(dataSource, permitWatchMs),
      inject: [DataSource, SecondaryUseConfiguration],
    },
    {
      provide: Airlock,
      useFactory: ({ airlockDirectory }: SecondaryUseConfiguration, environment: ServiceEnvironment) =>
        new Airlock(airlockDirectory || join(environment.text('SECRETS_DIR'), '..', 'airlock')),
      inject: [SecondaryUseConfiguration, ServiceEnvironment],
    },
  ],
})
export class SecondaryUseApiModule {}
