import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { EventLog } from '@samenhang/event-log';
import {
  AccessTokenVerifier,
  AuthorityFiles,
  ClientCertificates,
  clientCertificatesProvider,
  IdentityGuard,
  PatientBinding,
  servicePolicies,
  USED_PROOFS,
  usedProofsProvider,
  type AuthorisationServerSecrets,
  type PatientBindingSecret,
  type UsedProofs,
} from '@samenhang/identity';
import { EVENT_LOG, LOGGER, portOffsets, ServiceEnvironment, type ServiceName } from '@samenhang/service-kit';
import { Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { DECISION_POINT, EvaluationController } from './access/evaluation.controller.js';
import { CallingBackController } from './calling-back/calling-back.controller.js';
import { ClientAuthentication } from './calling-back/client-authentication.js';
import { deleteExpiredRevocations, RevocationStore } from './calling-back/revocation-store.js';
import { CitizenGrant } from './citizen/citizen-grant.js';
import { CitizenLogin } from './citizen/citizen-login.js';
import { CitizenSessions } from './citizen/citizen-sessions.js';
import { CitizenController, PATIENT_BINDING } from './citizen/citizen.controller.js';
import { AuthorisationServerConfiguration, listOf } from './configuration.js';
import { StatementVerifier } from './dezi/statement-verifier.js';
import { KeysController } from './keys/keys.controller.js';
import { SigningKeyStore } from './keys/signing-key-store.js';
import { SigningKeys } from './keys/signing-keys.js';
import { logProviderEvents } from './log-provider-events.js';
import { ArtifactAdapter, deleteExpiredArtifacts } from './storage/artifact-adapter.js';
import { OrganisationStatusController } from './organisations/organisation-status.controller.js';
import { StoppedOrganisations } from './organisations/stopped-organisations.js';
import { rememberUses, replayMemory } from './storage/replay-memory.js';
import { CertificateClients } from './tokens/certificate-clients.js';
import { ClientDirectory } from './tokens/client-directory.js';
import { createProvider, TOKEN_LIFETIME_SECONDS } from './tokens/create-provider.js';
import { DelegationVerifier } from './tokens/delegation-credential.js';
import { EmergencyRegister } from './tokens/emergency-register.js';
import { OwnAudiences } from './tokens/own-audiences.js';
import { DelegationCheck } from './tokens/token-claims.js';
import { SubjectToken } from './tokens/token-exchange.js';
import { DidWebDocuments, documentAddress } from './wallets/did-web.js';
import { PresentationVerifier } from './wallets/presentation-verifier.js';
import { WalletGrants } from './wallets/wallet-grants.js';
import { WalletsController } from './wallets/wallets.controller.js';

const CLEANING_INTERVAL_MS = 60_000;
/** Beside the lifetime of a token: clocks, and instances that see the change of keys a moment later. */
const KEY_MARGIN_SECONDS = 60;

@Module({
  controllers: [
    CallingBackController,
    CitizenController,
    EvaluationController,
    KeysController,
    OrganisationStatusController,
    WalletsController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: IdentityGuard },
    usedProofsProvider,
    clientCertificatesProvider,
    {
      provide: AuthorityFiles,
      useFactory: (environment: ServiceEnvironment, logger: Logger) =>
        new AuthorityFiles(environment, logger),
      inject: [ServiceEnvironment, LOGGER],
    },
    {
      provide: CertificateClients,
      useFactory: (certificates: ClientCertificates, files: AuthorityFiles) =>
        new CertificateClients({ certificates, authorities: () => files.current() }),
      inject: [ClientCertificates, AuthorityFiles],
    },
    {
      provide: AccessTokenVerifier,
      useFactory: ownTokens,
      inject: [ServiceEnvironment, SigningKeys, RevocationStore, USED_PROOFS],
    },
    { provide: SigningKeys, useFactory: signingKeys, inject: [ServiceEnvironment, DataSource, LOGGER] },
    {
      provide: RevocationStore,
      useFactory: (dataSource: DataSource) => new RevocationStore(dataSource),
      inject: [DataSource],
    },
    {
      provide: StoppedOrganisations,
      useFactory: (dataSource: DataSource) => new StoppedOrganisations(dataSource),
      inject: [DataSource],
    },
    {
      provide: DidWebDocuments,
      useFactory: (configuration: AuthorisationServerConfiguration) =>
        new DidWebDocuments(configuration.didServers),
      inject: [AuthorisationServerConfiguration],
    },
    {
      provide: PresentationVerifier,
      useFactory: presentationVerifier,
      inject: [DidWebDocuments, AuthorityFiles, ServiceEnvironment, DataSource],
    },
    {
      provide: OwnAudiences,
      useFactory: ownAudiences,
      inject: [ServiceEnvironment],
    },
    {
      provide: ClientAuthentication,
      useFactory: (
        clients: ClientDirectory,
        certificates: CertificateClients,
        environment: ServiceEnvironment,
        dataSource: DataSource,
      ) =>
        new ClientAuthentication({
          clients,
          certificates,
          issuer: environment.publicUrl,
          isFirstUse: replayMemory(dataSource),
        }),
      inject: [ClientDirectory, CertificateClients, ServiceEnvironment, DataSource],
    },
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
        SigningKeys,
        RevocationStore,
        OwnAudiences,
        StoppedOrganisations,
        CertificateClients,
        PresentationVerifier,
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
      Promise.all([deleteExpiredArtifacts(dataSource), deleteExpiredRevocations(dataSource)]).catch(
        (error: unknown) => logger.warn({ error }, 'expired artifacts not deleted'),
      );
    }, CLEANING_INTERVAL_MS);
    this.#cleaning.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#cleaning);
  }
}

/** Tokens for this service itself are verified with its own keys: it does not ask itself for them. */
function ownTokens(
  environment: ServiceEnvironment,
  keys: SigningKeys,
  revocations: RevocationStore,
  usedProofs: UsedProofs,
): AccessTokenVerifier {
  return new AccessTokenVerifier({
    issuer: environment.publicUrl,
    keys: keys.verificationKeys,
    revocations,
    usedProofs,
  });
}

async function signingKeys(
  environment: ServiceEnvironment,
  dataSource: DataSource,
  logger: Logger,
): Promise<SigningKeys> {
  const secrets = environment.secret<AuthorisationServerSecrets>('authorisation-server');
  const keptSeconds = TOKEN_LIFETIME_SECONDS + KEY_MARGIN_SECONDS;
  const store = new SigningKeyStore(dataSource, secrets.keyEncryptionKey, keptSeconds);
  await store.begin(secrets.jwks.keys);
  return SigningKeys.start(store, (error) => logger.warn({ error }, 'signing keys not looked at'));
}

function presentationVerifier(
  documents: DidWebDocuments,
  files: AuthorityFiles,
  { publicUrl }: ServiceEnvironment,
  dataSource: DataSource,
): PresentationVerifier {
  return new PresentationVerifier({
    audiences: [publicUrl, `${publicUrl}/token`],
    documents,
    authorities: () => files.current(),
    isFirstUse: replayMemory(dataSource),
  });
}

function ownAudiences(environment: ServiceEnvironment): OwnAudiences {
  return new OwnAudiences((clientId) =>
    Object.hasOwn(portOffsets, clientId) ? environment.serviceUrl(clientId as ServiceName) : undefined,
  );
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
  environment.outside.watch('citizen-login', citizenLoginUrl);
  return new CitizenLogin(baseUrl, `${environment.publicUrl}/citizen/return`);
}

function buildProvider(
  clients: ClientDirectory,
  sessions: CitizenSessions,
  keys: SigningKeys,
  revocations: RevocationStore,
  audiences: OwnAudiences,
  stopped: StoppedOrganisations,
  certificates: CertificateClients,
  presentations: PresentationVerifier,
  environment: ServiceEnvironment,
  configuration: AuthorisationServerConfiguration,
  dataSource: DataSource,
  eventLog: EventLog,
  logger: Logger,
): Provider {
  const secrets = environment.secret<AuthorisationServerSecrets>('authorisation-server');
  const issuer = environment.publicUrl;
  const keyAddresses = listOf(configuration.deziKeys);
  // The state of a statement is asked of the server of the keys.
  for (const address of keyAddresses) environment.outside.watch('dezi', new URL(address).origin);
  const roleTypeIssuers = listOf(configuration.roleTypeIssuers);
  // Those that are trusted beforehand: whoever else presents something could make any server look broken.
  for (const did of roleTypeIssuers)
    environment.outside.watch('credential-issuers', documentAddress(did) ?? '');
  const statements = new StatementVerifier({
    keyAddresses:
      keyAddresses.length > 0 ? keyAddresses : [`${environment.serviceUrl('dezi')}/dezi/jwks.json`],
    levels: listOf(configuration.deziLevels),
    roleSources: listOf(configuration.deziRoleSources),
  });
  const delegation = new DelegationCheck({
    clients,
    stopped,
    statements,
    delegations: new DelegationVerifier(clients),
    emergencies: new EmergencyRegister(dataSource, eventLog, configuration.emergencyMinutes),
    patientBinding: patientBinding(environment),
  });
  const provider = createProvider({
    issuer,
    secrets,
    signingKeys: keys,
    certificates,
    adapter: (model) => new ArtifactAdapter(model, dataSource),
    delegation,
    wallets: new WalletGrants({
      clients,
      presentations,
      delegation,
      roleTypeIssuers,
    }),
    citizens: new CitizenGrant(sessions),
    subjectToken: new SubjectToken({
      issuer,
      keys: keys.verificationKeys,
      clients,
      audiences,
      revocations,
      stopped,
    }),
  });
  rememberUses(provider, replayMemory(dataSource));
  logProviderEvents(provider, logger);
  return provider;
}
