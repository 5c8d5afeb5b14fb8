import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { EvaluationAudit } from './evaluation/evaluation-audit.js';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { EvaluationService } from './evaluation/evaluation.service.js';
import { EvaluationSealer } from './evaluation/evaluation-sealer.js';
import { KeySetController } from './evaluation/key-set.controller.js';
import { OprfKeyStore } from './evaluation/oprf-key-store.js';
import { EvaluationQuota } from './quota/evaluation-quota.js';
import { RecipientDirectory } from './recipients/recipient-directory.js';

@Module({
  imports: [IdentityModule],
  controllers: [EvaluationController, KeySetController],
  providers: [
    EvaluationService,
    EvaluationSealer,
    EvaluationAudit,
    OprfKeyStore,
    EvaluationQuota,
    RecipientDirectory,
  ],
})
export class PseudonymisationModule {}
