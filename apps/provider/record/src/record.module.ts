import { Module } from '@nestjs/common';
import type { DecisionPoint } from '@samenhang/authorisation';
import type { ConsentRegister } from '@samenhang/consent';
import {
  IdentityModule,
  PatientBinding,
  servicePolicies,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { ChangeHandles, PatientKeyring } from '@samenhang/patient-identity';
import { LOGGER, ServiceEnvironment, STATUS_COUNTS } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { DifferencesController } from './comparison/differences.controller.js';
import { consentRegisterProviders } from './consent/consent-register.provider.js';
import { ConsentStore } from './consents/consent-store.js';
import { ConsentsController } from './consents/consents.controller.js';
import { DirectPatients } from './direct/direct-patients.js';
import { DirectPatientsController } from './direct/direct-patients.controller.js';
import { directSourcesProvider } from './direct/direct-sources.provider.js';
import { LiveAccess } from './direct/live-access.js';
import { AccessJudge } from './holder-api/access-decision.js';
import { AttachmentController } from './holder-api/attachment.controller.js';
import { EmergencyReviewController } from './holder-api/emergency-review.controller.js';
import { AccessTrail } from './holder-api/access-trail.js';
import { HolderAccessService } from './holder-api/holder-access.service.js';
import { HolderBatchController } from './holder-api/holder-batch.controller.js';
import { HolderVersionsController } from './holder-api/holder-versions.controller.js';
import { HolderController } from './holder-api/holder.controller.js';
import { PatientLookup } from './holder-api/patient-lookup.js';
import { Tenants } from './holder-api/tenants.js';
import { WholePatientController } from './holder-api/whole-patient.controller.js';
import { RecordConsumer } from './intake/record.consumer.js';
import { OriginsController } from './origins/origins.controller.js';
import { CitizenNumberVault } from './patients/citizen-number-vault.js';
import { UnmergeController } from './patients/unmerge.controller.js';
import { RecordConfiguration } from './record.configuration.js';
import { ExportController } from './secondary-use/export/export.controller.js';
import { ViewExportController } from './secondary-use/export/view-export.controller.js';
import { SecondaryUseController } from './secondary-use/secondary-use.controller.js';
import { secondaryUseProviders } from './secondary-use/secondary-use.providers.js';
import { recordCounts } from './storage/record-counts.js';
import { CONSENT_REGISTER, DECISION_POINT, PATIENT_BINDING } from './tokens.js';
import { TransferReadsController } from './transfer-reads/transfer-reads.controller.js';

const patientSecret = (environment: ServiceEnvironment): Buffer =>
  Buffer.from(environment.secret<{ secret: string }>('patient-keyring').secret, 'base64');

@Module({
  imports: [IdentityModule],
  controllers: [
    RecordConsumer,
    SecondaryUseController,
    ExportController,
    ViewExportController,
    // Before the API by type: its routes take any name of a type.
    WholePatientController,
    AttachmentController,
    HolderController,
    HolderBatchController,
    HolderVersionsController,
    ConsentsController,
    DifferencesController,
    DirectPatientsController,
    EmergencyReviewController,
    OriginsController,
    TransferReadsController,
    UnmergeController,
  ],
  providers: [
    HolderAccessService,
    AccessTrail,
    PatientLookup,
    ConsentStore,
    { provide: DECISION_POINT, useFactory: servicePolicies, inject: [ServiceEnvironment, LOGGER] },
    ...consentRegisterProviders,
    directSourcesProvider,
    DirectPatients,
    LiveAccess,
    ...secondaryUseProviders,
    {
      provide: AccessJudge,
      useFactory: (policies: DecisionPoint, consent: ConsentRegister) => new AccessJudge(policies, consent),
      inject: [DECISION_POINT, CONSENT_REGISTER],
    },
    {
      provide: PatientKeyring,
      useFactory: (environment: ServiceEnvironment) => new PatientKeyring(patientSecret(environment)),
      inject: [ServiceEnvironment],
    },
    {
      provide: ChangeHandles,
      useFactory: (environment: ServiceEnvironment) => ChangeHandles.ofKeyring(patientSecret(environment)),
      inject: [ServiceEnvironment],
    },
    {
      provide: CitizenNumberVault,
      useFactory: (environment: ServiceEnvironment) => new CitizenNumberVault(patientSecret(environment)),
      inject: [ServiceEnvironment],
    },
    {
      provide: PATIENT_BINDING,
      useFactory: (environment: ServiceEnvironment) => () =>
        new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding')),
      inject: [ServiceEnvironment],
    },
    {
      provide: Tenants,
      useFactory: (configuration: RecordConfiguration) => new Tenants(configuration.tenants),
      inject: [RecordConfiguration],
    },
    {
      provide: STATUS_COUNTS,
      useFactory: (dataSource: DataSource) => () => recordCounts(dataSource),
      inject: [DataSource],
    },
  ],
})
export class RecordModule {}
