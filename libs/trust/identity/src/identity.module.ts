import { Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { DataSource } from 'typeorm';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { AccessTokens } from './access-tokens.js';
import { IdentityGuard } from './identity.guard.js';
import { ClientCertificates } from './certificates/client-certificates.js';
import { serviceCertificates } from './certificates/service-certificates.js';
import { SharedProofs } from './shared-proofs.js';
import { ProcessProofs, type UsedProofs } from './used-proofs.js';

export const USED_PROOFS = Symbol('identity.used-proofs');

/** Those of a service with a database are shared by its instances. */
export const usedProofsProvider: Provider = {
  provide: USED_PROOFS,
  useFactory: (dataSource?: DataSource): Promise<UsedProofs> | UsedProofs =>
    dataSource === undefined ? new ProcessProofs() : SharedProofs.start(dataSource),
  inject: [{ token: DataSource, optional: true }],
};

/**
 * Guards every route of the service that imports it, and gives `AccessTokens` of the service's own OAuth client:
 * client id = service name, key = secret `client-<service>`, read when the first token is wanted.
 */
export const clientCertificatesProvider: Provider = {
  provide: ClientCertificates,
  useFactory: serviceCertificates,
  inject: [ServiceEnvironment],
};

@Module({
  providers: [
    { provide: APP_GUARD, useClass: IdentityGuard },
    {
      provide: AccessTokenVerifier,
      useFactory: (environment: ServiceEnvironment, usedProofs: UsedProofs) =>
        new AccessTokenVerifier({ issuer: environment.serviceUrl('authorisation-server'), usedProofs }),
      inject: [ServiceEnvironment, USED_PROOFS],
    },
    usedProofsProvider,
    clientCertificatesProvider,
    {
      provide: AccessTokens,
      useFactory: (environment: ServiceEnvironment) =>
        new AccessTokens({
          issuer: environment.serviceUrl('authorisation-server'),
          clientId: environment.serviceName,
          clientKey: () => environment.secret<JWK>(`client-${environment.serviceName}`),
        }),
      inject: [ServiceEnvironment],
    },
  ],
  exports: [AccessTokenVerifier, AccessTokens, ClientCertificates],
})
export class IdentityModule {}
