import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DryRunController } from './dry-run.controller.js';
import { ExplanationsController } from './explanations.controller.js';
import { NormaliseConfiguration } from './normalise.configuration.js';
import { NormaliseConsumer } from './normalise.consumer.js';
import { MappingReleases } from './releases/mapping-releases.js';
import { MappingVersionsController } from './releases/mapping-versions.controller.js';
import { ActiveMapping } from './tables/active-mapping.js';
import { TableSetsController } from './tables/table-sets.controller.js';
import { FhirTerminologyServer } from './terminology/fhir-terminology-server.js';
import { GuardedTerminology } from './terminology/guarded-terminology.js';
import { TERMINOLOGY, TermResolution } from './terminology/term-resolution.js';
import { TermSupplementController } from './terminology/term-supplement.controller.js';
import type { Terminology } from './terminology/terminology.js';

const MOST_KEPT = 20_000;
const FAILURES = 5;
const PAUSE_MS = 10_000;

function terminologyOf(
  {
    terminologyServerUrl,
    terminologyTimeoutMs,
    terminologyKeptSeconds,
    terminologyNoneKeptSeconds,
  }: NormaliseConfiguration,
  { outside }: ServiceEnvironment,
): Terminology | null {
  if (terminologyServerUrl === '') return null;
  outside.watch('terminology', terminologyServerUrl);
  return new GuardedTerminology(new FhirTerminologyServer(terminologyServerUrl, terminologyTimeoutMs), {
    keptMs: terminologyKeptSeconds * 1_000,
    noneKeptMs: terminologyNoneKeptSeconds * 1_000,
    mostKept: MOST_KEPT,
    failures: FAILURES,
    pauseMs: PAUSE_MS,
    now: () => performance.now(),
  });
}

@Module({
  imports: [IdentityModule],
  controllers: [
    NormaliseConsumer,
    DryRunController,
    ExplanationsController,
    MappingVersionsController,
    TableSetsController,
    TermSupplementController,
  ],
  providers: [
    ActiveMapping,
    MappingReleases,
    TermResolution,
    { provide: TERMINOLOGY, useFactory: terminologyOf, inject: [NormaliseConfiguration, ServiceEnvironment] },
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
