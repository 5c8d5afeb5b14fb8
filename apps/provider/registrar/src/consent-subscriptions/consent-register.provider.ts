import type { Provider } from '@nestjs/common';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { mutualTlsSend, type MitzClientOptions, type MutualTlsCredentials } from '@samenhang/mitz';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { CONSENT_REGISTER } from './subscription-worker.js';

/** Mitz with a certificate, or the register of this installation with a token on behalf of the care provider. */
export const consentRegisterProvider: Provider = {
  provide: CONSENT_REGISTER,
  inject: [ServiceEnvironment, AccessTokens, RegistrarConfiguration],
  useFactory: (
    environment: ServiceEnvironment,
    tokens: AccessTokens,
    { mitzUrl }: RegistrarConfiguration,
  ): (() => MitzClientOptions) => {
    if (mitzUrl !== '') {
      environment.outside.watch('consent-register', mitzUrl);
      const send = mutualTlsSend(environment.secret<MutualTlsCredentials>('mitz'));
      return () => ({ baseUrl: mitzUrl, send });
    }
    return () => {
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
  },
};
