import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { AccessTokens } from './access-tokens.js';
import { IdentityGuard } from './identity.guard.js';

/**
 * Guards every route of the service that imports it, and gives `AccessTokens` of the service's own OAuth client:
 * client id = service name, key = secret `client-<service>`, read when the first token is wanted.
 */
@Module({
  providers: [
    { provide: APP_GUARD, useClass: IdentityGuard },
    {
      provide: AccessTokenVerifier,
      useFactory: (environment: ServiceEnvironment) =>
        new AccessTokenVerifier({ issuer: environment.serviceUrl('authorisation-server') }),
      inject: [ServiceEnvironment],
    },
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
  exports: [AccessTokenVerifier, AccessTokens],
})
export class IdentityModule {}
