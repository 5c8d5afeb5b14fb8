import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { IndexAudit } from './audit/index-audit.js';
import { LocalisationChanges } from './changes/localisation-changes.js';
import { PatientHandles } from './changes/patient-handles.js';
import { BundleController } from './list/bundle.controller.js';
import { ListController } from './list/list.controller.js';
import { LocalisationPolicy } from './localisation/localisation-policy.js';
import { LocalisationService } from './localisation/localisation.service.js';
import { LocaliseController } from './localisation/localise.controller.js';
import { OwnRegistrations } from './registrations/own-registrations.js';
import { RegistrationPolicy } from './registrations/registration-policy.js';
import { countAll } from './registrations/registration-store.js';
import { RegistrationService } from './registrations/registration.service.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { SingleRegistrations } from './registrations/single-registrations.js';
import { KeyRelease } from './rekeying/key-release.js';
import { Rekeying } from './rekeying/rekeying.js';
import { RestrictionService } from './restrictions/restriction.service.js';
import { RestrictionsController } from './restrictions/restrictions.controller.js';
import { EvaluationReader } from './tokens/evaluation-reader.js';
import { PseudonymOpener } from './tokens/pseudonym-opener.js';
import { UsedTokens } from './tokens/used-tokens.js';
import { OrganisationWipe } from './wipe/organisation-wipe.js';
import { PurgeController } from './wipe/purge.controller.js';
import { WipeController } from './wipe/wipe.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    BundleController,
    ListController,
    WipeController,
    PurgeController,
    RegistrationsController,
    LocaliseController,
    RestrictionsController,
  ],
  providers: [
    EvaluationReader,
    PseudonymOpener,
    UsedTokens,
    Rekeying,
    KeyRelease,
    OrganisationWipe,
    RegistrationPolicy,
    PatientHandles,
    LocalisationChanges,
    SingleRegistrations,
    RegistrationService,
    OwnRegistrations,
    LocalisationPolicy,
    LocalisationService,
    RestrictionService,
    IndexAudit,
    {
      provide: STATUS_COUNTS,
      inject: [DataSource],
      useFactory:
        (dataSource: DataSource): StatusCounts =>
        async () => ({ localisationRecords: await countAll(dataSource) }),
    },
  ],
})
export class ReferenceIndexModule {}
