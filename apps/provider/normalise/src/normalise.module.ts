import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DryRunController } from './dry-run.controller.js';
import { ExplanationsController } from './explanations.controller.js';
import { NormaliseConsumer } from './normalise.consumer.js';
import { MappingReleases } from './releases/mapping-releases.js';
import { MappingVersionsController } from './releases/mapping-versions.controller.js';
import { ActiveMapping } from './tables/active-mapping.js';
import { TableSetsController } from './tables/table-sets.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    NormaliseConsumer,
    DryRunController,
    ExplanationsController,
    MappingVersionsController,
    TableSetsController,
  ],
  providers: [
    ActiveMapping,
    MappingReleases,
    {
      provide: PatientKeyring,
      useFactory: (environment: ServiceEnvironment) => {
        const { secret } = environment.secret<{ secret: string }>('patient-keyring');
        return new PatientKeyring(Buffer.from(secret, 'base64'));
      },
      inject: [ServiceEnvironment],
    },
  ],
})
export class NormaliseModule {}
