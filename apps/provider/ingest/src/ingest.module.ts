import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServerPolicy, ServiceEnvironment, STATUS_COUNTS, STATUS_PROBLEMS } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from './administration-trail.js';
import { DocumentsController } from './cda/documents.controller.js';
import { QualityController } from './data-quality/quality.controller.js';
import { DeliveriesController } from './delivery/deliveries.controller.js';
import { StreamDeliveries } from './delivery/stream-deliveries.js';
import { DeliveryIntake } from './delivery/take-delivery.js';
import { DropConnector } from './drops/drop-connector.js';
import { FileIntake } from './drops/file-intake.js';
import { UploadsController } from './drops/uploads.controller.js';
import { Explain } from './explanation/explain.js';
import { MessagesController } from './messages/messages.controller.js';
import { NeighbourServices } from './outbound/neighbour-services.js';
import { ExplanationsController } from './explanation/explanations.controller.js';
import { PullConnector } from './fhir/pull-connector.js';
import { PullIntake } from './fhir/pull-intake.js';
import { PushController } from './fhir/push.controller.js';
import { IngestConfiguration } from './ingest.configuration.js';
import { MllpConnector } from './hl7v2/mllp-connector.js';
import { DeployedTlsMaterial, TlsMaterial } from './hl7v2/tls-material.js';
import { IntakeMetrics } from './intake/intake-metrics.js';
import { IntakeQueue } from './intake/intake-queue.js';
import { CoverageFold } from './mapping-coverage/coverage-fold.js';
import { CoverageController } from './mapping-coverage/coverage.controller.js';
import { ObservationsController } from './mapping-coverage/observations.controller.js';
import { SourceGauges } from './observability/source-gauges.js';
import { SourceProblems } from './observability/source-problems.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { RejectionsController } from './quarantine/rejections.controller.js';
import { Replay } from './quarantine/replay.js';
import { DryRun } from './replay/dry-run.js';
import { ReplayWorker } from './replay/replay-worker.js';
import { ReplaysController } from './replay/replays.controller.js';
import { SourceHttp } from '@samenhang/fhir-server';
import { SecretKeyRing, type KeyRingSecret } from './secrets/key-ring.js';
import { SecretsController } from './secrets/secrets.controller.js';
import { SourceSecrets } from './secrets/source-secrets.js';
import { ConnectionTest } from './sources/connection-test.js';
import { createLimits } from './sources/deployment-limits.js';
import { SourceProgress } from './sources/source-progress.js';
import { DEPLOYMENT_LIMITS, SOURCE_CONNECTORS, SourceRegistry } from './sources/source-registry.js';
import type { SourceConnector } from './sources/source.js';
import { SourcesController } from './sources/sources.controller.js';
import { createStatusCounts } from './status-counts.js';
import { NotificationsController } from './subscriptions/notifications.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    SourcesController,
    PushController,
    DocumentsController,
    UploadsController,
    DeliveriesController,
    NotificationsController,
    SecretsController,
    QuarantineController,
    RejectionsController,
    CoverageController,
    ObservationsController,
    ReplaysController,
    ExplanationsController,
    MessagesController,
    QualityController,
  ],
  providers: [
    AdministrationTrail,
    IntakeQueue,
    IntakeMetrics,
    MllpConnector,
    { provide: TlsMaterial, useClass: DeployedTlsMaterial },
    PullConnector,
    PullIntake,
    DropConnector,
    FileIntake,
    DeliveryIntake,
    StreamDeliveries,
    SourceSecrets,
    SourceProgress,
    ConnectionTest,
    SourceRegistry,
    Replay,
    ReplayWorker,
    DryRun,
    NeighbourServices,
    Explain,
    CoverageFold,
    {
      provide: SOURCE_CONNECTORS,
      useFactory: (...connectors: SourceConnector[]) => connectors,
      inject: [MllpConnector, PullConnector, DropConnector],
    },
    {
      provide: ServerPolicy,
      useFactory: ({ sourceServers }: IngestConfiguration) => new ServerPolicy(sourceServers),
      inject: [IngestConfiguration],
    },
    {
      provide: SourceHttp,
      useFactory: (policy: ServerPolicy) => new SourceHttp(policy),
      inject: [ServerPolicy],
    },
    {
      provide: DEPLOYMENT_LIMITS,
      useFactory: createLimits,
      inject: [IngestConfiguration, ServerPolicy],
    },
    {
      provide: SecretKeyRing,
      useFactory: (environment: ServiceEnvironment) =>
        new SecretKeyRing(environment.secret<KeyRingSecret>('source-secrets')),
      inject: [ServiceEnvironment],
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
    SourceGauges,
    SourceProblems,
    {
      provide: STATUS_PROBLEMS,
      useFactory: (problems: SourceProblems) => () => Promise.resolve(problems.list()),
      inject: [SourceProblems],
    },
  ],
})
export class IngestModule {}
