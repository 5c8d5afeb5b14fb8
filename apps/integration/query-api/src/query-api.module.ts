import { Module } from '@nestjs/common';
import type { DecisionPoint } from '@samenhang/authorisation';
import {
  AccessTokens,
  authorisedFetch,
  IdentityModule,
  PatientBinding,
  servicePolicies,
  type BoundToken,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { AddressBookClient, LocalisationClient } from '@samenhang/localisation';
import { LOGGER, ServiceEnvironment, STATUS_COUNTS } from '@samenhang/service-kit';
import { CapabilityController } from './capability/capability.controller.js';
import { QueryApiConfiguration } from './configuration.js';
import { DECISION_POINT } from './decision-point.js';
import { AttachmentController } from './documents/attachment.controller.js';
import { AttachmentService } from './documents/attachment.service.js';
import { LocalisationCache } from './localisation/localisation-cache.js';
import { LocalisationChangeController } from './localisation/localisation-change.controller.js';
import { LocalisationChangeStore } from './localisation/localisation-change-store.js';
import { StreamWatch } from './localisation/stream-watch.js';
import { OperationsController } from './operations/operations.controller.js';
import { BoundedMemory } from './pages/bounded-memory.js';
import { ResultPages, type KeptResult } from './pages/result-pages.js';
import { Capacity } from './patient-view/capacity.js';
import { OwnPerson } from './patient-view/own-person.js';
import { PatientViewController } from './patient-view/patient-view.controller.js';
import { PatientViewService } from './patient-view/patient-view.service.js';
import { ViewCollector } from './patient-view/view-collector.js';
import { ViewJournal } from './patient-view/view-journal.js';
import { SearchController } from './search/search.controller.js';
import { SearchService } from './search/search.service.js';
import { SourceFanOut } from './sources/source-fan-out.js';
import { PatientChangeController } from './subscriptions/patient-change.controller.js';
import { SubscriptionController } from './subscriptions/subscription.controller.js';
import { subscriptionProviders } from './subscriptions/subscription.providers.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    AttachmentController,
    CapabilityController,
    LocalisationChangeController,
    OperationsController,
    PatientChangeController,
    PatientViewController,
    SearchController,
    SubscriptionController,
  ],
  providers: [
    ...subscriptionProviders,
    ViewJournal,
    LocalisationChangeStore,
    StreamWatch,
    { provide: DECISION_POINT, useFactory: servicePolicies, inject: [ServiceEnvironment, LOGGER] },
    {
      provide: PatientViewService,
      useFactory: createPatientViewService,
      inject: [
        ServiceEnvironment,
        QueryApiConfiguration,
        AccessTokens,
        DECISION_POINT,
        ViewJournal,
        LocalisationChangeStore,
        StreamWatch,
      ],
    },
    {
      provide: AttachmentService,
      useFactory: createAttachmentService,
      inject: [ServiceEnvironment, QueryApiConfiguration, AccessTokens, DECISION_POINT, ViewJournal],
    },
    {
      provide: OwnPerson,
      useFactory: (environment: ServiceEnvironment) => new OwnPerson(bindingOf(environment)),
      inject: [ServiceEnvironment],
    },
    {
      provide: SearchService,
      useFactory: createSearchService,
      inject: [ServiceEnvironment, QueryApiConfiguration, PatientViewService],
    },
    {
      provide: STATUS_COUNTS,
      useFactory: (journal: ViewJournal) => async () => ({ views: await journal.countViews() }),
      inject: [ViewJournal],
    },
  ],
})
export class QueryApiModule {}

function addressBookOf(
  environment: ServiceEnvironment,
  { lookupTimeoutMs: timeoutMs }: QueryApiConfiguration,
  tokens: AccessTokens,
): AddressBookClient<BoundToken> {
  const addressBookUrl = environment.serviceUrl('address-book');
  return new AddressBookClient({ tokens, send: authorisedFetch, timeoutMs, addressBookUrl });
}

function bindingOf(environment: ServiceEnvironment): () => PatientBinding {
  return () => new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding'));
}

function createAttachmentService(
  environment: ServiceEnvironment,
  configuration: QueryApiConfiguration,
  tokens: AccessTokens,
  decisions: DecisionPoint,
  journal: ViewJournal,
): AttachmentService {
  const addressBook = addressBookOf(environment, configuration, tokens);
  return new AttachmentService({
    decisions,
    binding: bindingOf(environment),
    journal,
    tokens,
    findEndpoint: (custodian) => addressBook.endpointOf(custodian),
    deadlineMs: configuration.viewBudgetMs,
    maximumBytes: configuration.sourceMaximumBytes,
  });
}

function createSearchService(
  environment: ServiceEnvironment,
  configuration: QueryApiConfiguration,
  views: PatientViewService,
): SearchService {
  const base = `${environment.publicUrl}/fhir`;
  const memory = new BoundedMemory<KeptResult>({
    maximumBytes: configuration.pageMaximumBytes,
    lifetimeMs: configuration.pageSeconds * 1_000,
  });
  return new SearchService({
    views,
    pages: new ResultPages(memory, `${base}/pages`),
    base,
    revealRefused: configuration.revealRefusedSources,
  });
}

function createPatientViewService(
  environment: ServiceEnvironment,
  configuration: QueryApiConfiguration,
  tokens: AccessTokens,
  decisions: DecisionPoint,
  journal: ViewJournal,
  changes: LocalisationChangeStore,
  stream: StreamWatch,
): PatientViewService {
  const common = { tokens, send: authorisedFetch, timeoutMs: configuration.lookupTimeoutMs };
  const localisation = new LocalisationClient({
    ...common,
    pseudonymisationUrl: environment.serviceUrl('pseudonymisation'),
    referenceIndexUrl: environment.serviceUrl('reference-index'),
  });
  const cache = new LocalisationCache({
    ask: (question) => localisation.localiseSubscribed(question),
    prepare: ({ identity }) => localisation.prepare(identity),
    changes,
    isCurrent: () => stream.isCurrent(),
    maximumAgeSeconds: configuration.localisationCacheSeconds,
    maximumEntries: configuration.localisationCacheEntries,
  });
  const addressBook = addressBookOf(environment, configuration, tokens);
  const collector = new ViewCollector({
    decisions,
    localise: (question) => cache.localise(question),
    fanOut: new SourceFanOut(tokens, (custodian) => addressBook.endpointOf(custodian), configuration),
    memory: new BoundedMemory({
      maximumBytes: configuration.pageMaximumBytes,
      lifetimeMs: configuration.retrySeconds * 1_000,
    }),
    budgetMs: configuration.viewBudgetMs,
  });
  return new PatientViewService({
    decisions,
    binding: bindingOf(environment),
    collector,
    journal,
    capacity: new Capacity(configuration.maximumViews),
    self: `${environment.publicUrl}/fhir/Patient/$everything`,
    revealRefused: configuration.revealRefusedSources,
  });
}
