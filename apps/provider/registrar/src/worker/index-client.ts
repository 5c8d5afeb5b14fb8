import type { Provider } from '@nestjs/common';
import { AccessTokens, authorisedFetch, type BoundToken, type VerifiedIdentity } from '@samenhang/identity';
import { LocalisationClient, OwnRegistrationsClient } from '@samenhang/localisation';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { RegistrarConfiguration } from '../registrar.configuration.js';

export class IndexClient extends LocalisationClient<BoundToken, VerifiedIdentity> {}

export const indexClientProvider: Provider = {
  provide: IndexClient,
  inject: [ServiceEnvironment, RegistrarConfiguration, AccessTokens],
  useFactory: (
    environment: ServiceEnvironment,
    configuration: RegistrarConfiguration,
    tokens: AccessTokens,
  ): IndexClient =>
    new IndexClient({
      pseudonymisationUrl: environment.serviceUrl('pseudonymisation'),
      referenceIndexUrl: environment.serviceUrl('reference-index'),
      tokens,
      send: authorisedFetch,
      recipient: { organisation: configuration.recipientOrganisation, scope: configuration.recipientScope },
    }),
};

export class OwnIndexClient extends OwnRegistrationsClient<BoundToken> {}

export const ownIndexClientProvider: Provider = {
  provide: OwnIndexClient,
  inject: [ServiceEnvironment, AccessTokens],
  useFactory: (environment: ServiceEnvironment, tokens: AccessTokens): OwnIndexClient =>
    new OwnIndexClient({
      referenceIndexUrl: environment.serviceUrl('reference-index'),
      tokens,
      send: authorisedFetch,
    }),
};
