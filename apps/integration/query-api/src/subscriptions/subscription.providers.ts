import type { Provider } from '@nestjs/common';
import type { DecisionPoint } from '@samenhang/authorisation';
import { readRegimes, RegimeRegister } from '@samenhang/consent';
import type { EventLog } from '@samenhang/event-log';
import {
  AccessTokens,
  authorisedFetch,
  PatientBinding,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { AddressBookClient, LocalisationClient } from '@samenhang/localisation';
import {
  GuardedRegister,
  registerClient,
  type MitzClientOptions,
  type MutualTlsCredentials,
} from '@samenhang/mitz';
import { ChangeHandles } from '@samenhang/patient-identity';
import { EVENT_LOG, ServerPolicy, ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { QueryApiConfiguration } from '../configuration.js';
import { DECISION_POINT } from '../decision-point.js';
import { EventStore } from './event-store.js';
import { EventWatch } from './event-watch.js';
import { SignalJudge } from './judge-signal.js';
import { LiveConnections } from './live-connections.js';
import { Notifier } from './notifier.js';
import { RestHook } from './rest-hook.js';
import { SubscriptionService } from './subscription.service.js';
import { SubscriptionStore } from './subscription-store.js';

export const subscriptionProviders: Provider[] = [
  EventStore,
  EventWatch,
  SubscriptionStore,
  RestHook,
  Notifier,
  LiveConnections,
  {
    provide: ServerPolicy,
    useFactory: ({ subscriberServers }: QueryApiConfiguration) => new ServerPolicy(subscriberServers),
    inject: [QueryApiConfiguration],
  },
  {
    provide: SignalJudge,
    useFactory: createJudge,
    inject: [ServiceEnvironment, QueryApiConfiguration, AccessTokens, DECISION_POINT],
  },
  {
    provide: SubscriptionService,
    useFactory: createService,
    inject: [
      ServiceEnvironment,
      QueryApiConfiguration,
      AccessTokens,
      DataSource,
      SubscriptionStore,
      EventStore,
      SignalJudge,
      ServerPolicy,
      EVENT_LOG,
    ],
  },
];

/** Consent is asked of Mitz or the register of this installation, on behalf of the custodian whose data it is about. */
function createJudge(
  environment: ServiceEnvironment,
  { lookupTimeoutMs, consentRegimes, mitzUrl }: QueryApiConfiguration,
  tokens: AccessTokens,
  decisions: DecisionPoint,
): SignalJudge {
  const own = (): MitzClientOptions => {
    const audience = environment.serviceUrl('consent-register');
    return {
      baseUrl: audience,
      send: async (url, request, organisation) =>
        authorisedFetch(
          await tokens.clientCredentials({ audience, scope: 'consent:ask', organisation }),
          url,
          request,
        ),
    };
  };
  const credentials = (): MutualTlsCredentials => environment.secret('mitz');
  environment.outside.watch('consent-register', mitzUrl);
  const register = registerClient({ mitzUrl, credentials, own });
  const addressBook = new AddressBookClient({
    tokens,
    send: authorisedFetch,
    timeoutMs: lookupTimeoutMs,
    addressBookUrl: environment.serviceUrl('address-book'),
  });
  return new SignalJudge({
    decisions,
    binding: () => new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding')),
    consent: new RegimeRegister(new GuardedRegister(register), readRegimes(consentRegimes)),
    endpointOf: (custodian) => addressBook.endpointOf(custodian),
  });
}

function createService(
  environment: ServiceEnvironment,
  configuration: QueryApiConfiguration,
  tokens: AccessTokens,
  dataSource: DataSource,
  subscriptions: SubscriptionStore,
  events: EventStore,
  judge: SignalJudge,
  policy: ServerPolicy,
  eventLog: EventLog,
): SubscriptionService {
  const localisation = new LocalisationClient({
    tokens,
    send: authorisedFetch,
    timeoutMs: configuration.lookupTimeoutMs,
    pseudonymisationUrl: environment.serviceUrl('pseudonymisation'),
    referenceIndexUrl: environment.serviceUrl('reference-index'),
  });
  return new SubscriptionService({
    dataSource,
    subscriptions,
    events,
    judge,
    policy,
    handles: () => {
      const { secret } = environment.secret<{ readonly secret: string }>('change-handles');
      return new ChangeHandles(Buffer.from(secret, 'base64'));
    },
    indexHandleOf: async (question) => (await localisation.localiseSubscribed(question)).patientHandle,
    eventLog,
    limits: {
      maximumDays: configuration.subscriptionMaximumDays,
      maximumPerOwner: configuration.maximumSubscriptions,
    },
  });
}
