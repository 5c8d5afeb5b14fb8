import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { AdministrationAudit } from './administration/administration-audit.js';
import { KeyVersionAdministration } from './administration/key-version-administration.js';
import { KeyVersionController } from './administration/key-version.controller.js';
import { Admission } from './admission/admission.service.js';
import { AnomalyWatch } from './anomaly/anomaly-watch.js';
import { CLOCK } from './anomaly/clock.js';
import { BulkEvaluationController } from './bulk/bulk-evaluation.controller.js';
import { BulkEvaluation } from './bulk/bulk-evaluation.service.js';
import { ClientKeyDirectory } from './bulk/client-keys.js';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { EvaluationService } from './evaluation/evaluation.service.js';
import { EvaluationSealer } from './evaluation/evaluation-sealer.js';
import { KeySetController } from './evaluation/key-set.controller.js';
import { PublicKeysController } from './keys/public-keys.controller.js';
import { keyStoreProvider } from './keys/key-store.provider.js';
import { KeyVersions } from './keys/key-versions.js';
import { EvaluationQuota } from './quota/evaluation-quota.js';
import { RecipientController } from './recipients/recipient.controller.js';
import { RecipientDirectory } from './recipients/recipient-directory.js';
import { RecipientRegistration } from './recipients/recipient-registration.js';
import { VersionRelease } from './recipients/version-release.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    EvaluationController,
    BulkEvaluationController,
    KeySetController,
    PublicKeysController,
    KeyVersionController,
    RecipientController,
  ],
  providers: [
    EvaluationService,
    BulkEvaluation,
    ClientKeyDirectory,
    EvaluationSealer,
    Admission,
    AnomalyWatch,
    { provide: CLOCK, useValue: () => new Date() },
    keyStoreProvider,
    KeyVersions,
    KeyVersionAdministration,
    AdministrationAudit,
    EvaluationQuota,
    RecipientDirectory,
    RecipientRegistration,
    VersionRelease,
  ],
})
export class PseudonymisationModule {}
