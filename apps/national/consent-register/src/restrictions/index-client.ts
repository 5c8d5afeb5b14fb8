import type { Provider } from '@nestjs/common';
import { AccessTokens, authorisedFetch, type BoundToken, type VerifiedIdentity } from '@samenhang/identity';
import { LocalisationClient } from '@samenhang/localisation';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { ConsentRegisterConfiguration } from '../consent-register.configuration.js';

export class IndexClient extends LocalisationClient<BoundToken, VerifiedIdentity> {}

export const indexClientProvider: Provider = {
  provide: IndexClient,
  inject: [ServiceEnvironment, ConsentRegisterConfiguration, AccessTokens],
  useFactory: (
    environment: ServiceEnvironment,
    configuration: ConsentRegisterConfiguration,
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
