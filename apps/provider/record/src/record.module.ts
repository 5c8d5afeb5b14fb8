import { Module } from '@nestjs/common';
import { loadPolicies, type DecisionPoint } from '@samenhang/authorisation';
import type { ConsentRegister } from '@samenhang/consent';
import { IdentityModule } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment, STATUS_COUNTS } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { DifferencesController } from './comparison/differences.controller.js';
import { consentRegisterProviders } from './consent/consent-register.provider.js';
import { AccessJudge } from './holder-api/access-decision.js';
import { HolderAccessService } from './holder-api/holder-access.service.js';
import { HolderController } from './holder-api/holder.controller.js';
import { Tenants } from './holder-api/tenants.js';
import { RecordConsumer } from './intake/record.consumer.js';
import { CitizenNumberVault } from './patients/citizen-number-vault.js';
import { UnmergeController } from './patients/unmerge.controller.js';
import { RecordConfiguration } from './record.configuration.js';
import { recordCounts } from './storage/record-counts.js';
import { CONSENT_REGISTER, DECISION_POINT } from './tokens.js';

const patientSecret = (environment: ServiceEnvironment): Buffer =>
  Buffer.from(environment.secret<{ secret: string }>('patient-keyring').secret, 'base64');

@Module({
  imports: [IdentityModule],
  controllers: [RecordConsumer, HolderController, DifferencesController, UnmergeController],
  providers: [
    HolderAccessService,
    { provide: DECISION_POINT, useFactory: () => loadPolicies() },
    ...consentRegisterProviders,
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
      provide: CitizenNumberVault,
      useFactory: (environment: ServiceEnvironment) => new CitizenNumberVault(patientSecret(environment)),
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
