import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { EventLog } from '@samenhang/event-log';
import {
  AccessTokenVerifier,
  IdentityGuard,
  PatientBinding,
  servicePolicies,
  type AuthorisationServerSecrets,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { EVENT_LOG, LOGGER, portOffsets, ServiceEnvironment, type ServiceName } from '@samenhang/service-kit';
import { createLocalJWKSet } from 'jose';
import { Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { DECISION_POINT, EvaluationController } from './access/evaluation.controller.js';
import { CitizenGrant } from './citizen/citizen-grant.js';
import { CitizenLogin } from './citizen/citizen-login.js';
import { CitizenSessions } from './citizen/citizen-sessions.js';
import { CitizenController, PATIENT_BINDING } from './citizen/citizen.controller.js';
import { AuthorisationServerConfiguration, listOf } from './configuration.js';
import { StatementVerifier } from './dezi/statement-verifier.js';
import { logProviderEvents } from './log-provider-events.js';
import { publicJwks } from './public-jwks.js';
import { ArtifactAdapter, deleteExpiredArtifacts } from './storage/artifact-adapter.js';
import { rememberUses } from './storage/replay-memory.js';
import { ClientDirectory } from './tokens/client-directory.js';
import { createProvider } from './tokens/create-provider.js';
import { DelegationVerifier } from './tokens/delegation-credential.js';
import { EmergencyRegister } from './tokens/emergency-register.js';
import { DelegationCheck } from './tokens/token-claims.js';
import { SubjectToken } from './tokens/token-exchange.js';

const CLEANING_INTERVAL_MS = 60_000;

@Module({
  controllers: [CitizenController, EvaluationController],
  providers: [
    { provide: APP_GUARD, useClass: IdentityGuard },
    { provide: AccessTokenVerifier, useFactory: ownTokens, inject: [ServiceEnvironment] },
    { provide: DECISION_POINT, useFactory: servicePolicies, inject: [ServiceEnvironment, LOGGER] },
    { provide: ClientDirectory, useFactory: clientsOf, inject: [ServiceEnvironment] },
    { provide: PATIENT_BINDING, useFactory: patientBinding, inject: [ServiceEnvironment] },
    {
      provide: CitizenSessions,
      useFactory: (dataSource: DataSource) => new CitizenSessions(dataSource),
      inject: [DataSource],
    },
    {
      provide: CitizenLogin,
      useFactory: citizenLogin,
      inject: [ServiceEnvironment, AuthorisationServerConfiguration],
    },
    {
      provide: Provider,
      useFactory: buildProvider,
      inject: [
        ClientDirectory,
        CitizenSessions,
        ServiceEnvironment,
        AuthorisationServerConfiguration,
        DataSource,
        EVENT_LOG,
        LOGGER,
      ],
    },
  ],
  exports: [Provider],
})
export class AuthorisationServerModule implements OnModuleDestroy {
  readonly #cleaning: NodeJS.Timeout;

  constructor(dataSource: DataSource, @Inject(LOGGER) logger: Logger) {
    this.#cleaning = setInterval(() => {
      deleteExpiredArtifacts(dataSource).catch((error: unknown) =>
        logger.warn({ error }, 'expired artifacts not deleted'),
      );
    }, CLEANING_INTERVAL_MS);
    this.#cleaning.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#cleaning);
  }
}

/** Tokens for this service itself are verified with its own keys: it does not ask itself for them. */
function ownTokens(environment: ServiceEnvironment): AccessTokenVerifier {
  const secrets = environment.secret<AuthorisationServerSecrets>('authorisation-server');
  return new AccessTokenVerifier({
    issuer: environment.publicUrl,
    keys: createLocalJWKSet(publicJwks(secrets)),
  });
}

function clientsOf(environment: ServiceEnvironment): ClientDirectory {
  return new ClientDirectory(environment.secret<AuthorisationServerSecrets>('authorisation-server').clients);
}

/** Reads its secret when there is something to seal. */
function patientBinding(environment: ServiceEnvironment): () => PatientBinding {
  return () => new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding'));
}

function citizenLogin(
  environment: ServiceEnvironment,
  { citizenLoginUrl }: AuthorisationServerConfiguration,
): CitizenLogin {
  const baseUrl = citizenLoginUrl === '' ? `${environment.serviceUrl('dezi')}/digid` : citizenLoginUrl;
  return new CitizenLogin(baseUrl, `${environment.publicUrl}/citizen/return`);
}

function buildProvider(
  clients: ClientDirectory,
  sessions: CitizenSessions,
  environment: ServiceEnvironment,
  configuration: AuthorisationServerConfiguration,
  dataSource: DataSource,
  eventLog: EventLog,
  logger: Logger,
): Provider {
  const secrets = environment.secret<AuthorisationServerSecrets>('authorisation-server');
  const issuer = environment.publicUrl;
  const keyAddresses = listOf(configuration.deziKeys);
  const statements = new StatementVerifier({
    keyAddresses:
      keyAddresses.length > 0 ? keyAddresses : [`${environment.serviceUrl('dezi')}/dezi/jwks.json`],
    levels: listOf(configuration.deziLevels),
    roleSources: listOf(configuration.deziRoleSources),
  });
  const provider = createProvider({
    issuer,
    secrets,
    adapter: (model) => new ArtifactAdapter(model, dataSource),
    delegation: new DelegationCheck({
      clients,
      statements,
      delegations: new DelegationVerifier(clients),
      emergencies: new EmergencyRegister(dataSource, eventLog, configuration.emergencyMinutes),
      patientBinding: patientBinding(environment),
    }),
    citizens: new CitizenGrant(sessions),
    subjectToken: new SubjectToken({
      issuer,
      keys: createLocalJWKSet(publicJwks(secrets)),
      clients,
      findOwnAudience: (clientId) =>
        Object.hasOwn(portOffsets, clientId) ? environment.serviceUrl(clientId as ServiceName) : undefined,
    }),
  });
  rememberUses(provider, dataSource);
  logProviderEvents(provider, logger);
  return provider;
}
