import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment, STATUS_COUNTS } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from './administration-trail.js';
import { PullConnector } from './fhir/pull-connector.js';
import { PushController } from './fhir/push.controller.js';
import { MllpConnector } from './hl7v2/mllp-connector.js';
import { IntakeMetrics } from './intake/intake-metrics.js';
import { IntakeQueue } from './intake/intake-queue.js';
import { CoverageController } from './mapping-coverage/coverage.controller.js';
import { ObservationsController } from './mapping-coverage/observations.controller.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { RejectionsController } from './quarantine/rejections.controller.js';
import { Replay } from './quarantine/replay.js';
import { DryRun } from './replay/dry-run.js';
import { ReplayWorker } from './replay/replay-worker.js';
import { ReplaysController } from './replay/replays.controller.js';
import { SOURCE_CONNECTORS, SourceRegistry } from './sources/source-registry.js';
import type { SourceConnector } from './sources/source.js';
import { SourcesController } from './sources/sources.controller.js';
import { createStatusCounts } from './status-counts.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    SourcesController,
    PushController,
    QuarantineController,
    RejectionsController,
    CoverageController,
    ObservationsController,
    ReplaysController,
  ],
  providers: [
    AdministrationTrail,
    IntakeQueue,
    IntakeMetrics,
    MllpConnector,
    PullConnector,
    SourceRegistry,
    Replay,
    ReplayWorker,
    DryRun,
    {
      provide: SOURCE_CONNECTORS,
      useFactory: (...connectors: SourceConnector[]) => connectors,
      inject: [MllpConnector, PullConnector],
    },
    {
      provide: PatientKeyring,
      useFactory: (environment: ServiceEnvironment) =>
        new PatientKeyring(
          Buffer.from(environment.secret<{ secret: string }>('patient-keyring').secret, 'base64'),
        ),
      inject: [ServiceEnvironment],
    },
    { provide: STATUS_COUNTS, useFactory: createStatusCounts, inject: [DataSource] },
  ],
})
export class IngestModule {}
