import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { ConsentNotificationController } from './consent-subscriptions/consent-notification.controller.js';
import { consentRegisterProvider } from './consent-subscriptions/consent-register.provider.js';
import { SubscriptionSecret } from './consent-subscriptions/subscription-secret.js';
import { ConsentSubscriptionStore } from './consent-subscriptions/subscription-store.js';
import { SubscriptionWorker } from './consent-subscriptions/subscription-worker.js';
import { AvailabilityController } from './desired-state/availability.controller.js';
import { BsnSeal } from './desired-state/bsn-seal.js';
import { DesiredStateStore } from './desired-state/desired-state-store.js';
import { bulkEvaluationsProvider } from './evaluation/bulk-evaluations.provider.js';
import { EvaluatedController } from './evaluation/evaluated.controller.js';
import { EvaluationRequests } from './evaluation/evaluation-requests.js';
import { EvaluationStore } from './evaluation/evaluation-store.js';
import { ObjectionController } from './objections/objection.controller.js';
import { ObjectionStore } from './objections/objection-store.js';
import { Reconciliation } from './reconciliation/reconciliation.js';
import { ReconciliationStore } from './reconciliation/reconciliation-store.js';
import { RegistrationStatusController } from './status/registration-status.controller.js';
import { RegistrationStatusStore } from './status/registration-status.js';
import { GroupSender } from './worker/group-sender.js';
import { indexClientProvider, ownIndexClientProvider } from './worker/index-client.js';
import { PendingStore } from './worker/pending-store.js';
import { RegistrationWorker } from './worker/registration-worker.js';
import { SoleWorker } from './worker/sole-worker.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    AvailabilityController,
    ObjectionController,
    ConsentNotificationController,
    EvaluatedController,
    RegistrationStatusController,
  ],
  providers: [
    BsnSeal,
    DesiredStateStore,
    ObjectionStore,
    ConsentSubscriptionStore,
    SubscriptionSecret,
    SubscriptionWorker,
    consentRegisterProvider,
    RegistrationStatusStore,
    EvaluationStore,
    EvaluationRequests,
    bulkEvaluationsProvider,
    PendingStore,
    GroupSender,
    RegistrationWorker,
    SoleWorker,
    indexClientProvider,
    ownIndexClientProvider,
    Reconciliation,
    ReconciliationStore,
    {
      provide: STATUS_COUNTS,
      inject: [PendingStore],
      useFactory:
        (pending: PendingStore): StatusCounts =>
        () =>
          pending.counts(),
    },
  ],
})
export class RegistrarModule {}
