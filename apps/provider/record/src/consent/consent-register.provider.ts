import type { Provider } from '@nestjs/common';
import { readRegimes, RegimeRegister } from '@samenhang/consent';
import { AccessTokens, authorisedRequest } from '@samenhang/identity';
import {
  GuardedRegister,
  registerClient,
  type MitzClientOptions,
  type MutualTlsCredentials,
} from '@samenhang/mitz';
import { ServiceEnvironment, STATUS_PROBLEMS, type StatusProblems } from '@samenhang/service-kit';
import { RecordConfiguration } from '../record.configuration.js';
import { CONSENT_REGISTER } from '../tokens.js';

/** Mitz with a certificate, or the register of this installation with a token on behalf of the holder whose patient it is about. */
const guardedRegisterProvider: Provider = {
  provide: GuardedRegister,
  inject: [ServiceEnvironment, AccessTokens, RecordConfiguration],
  useFactory: (
    environment: ServiceEnvironment,
    tokens: AccessTokens,
    { mitzUrl }: RecordConfiguration,
  ): GuardedRegister => {
    const own = (): MitzClientOptions => {
      const audience = environment.serviceUrl('consent-register');
      return {
        baseUrl: audience,
        send: async (url, request, organisation) =>
          authorisedRequest(
            await tokens.clientCredentials({ audience, scope: 'consent:ask', organisation }),
            url,
            request,
          ),
      };
    };
    const credentials = (): MutualTlsCredentials => environment.secret('mitz');
    environment.outside.watch('consent-register', mitzUrl);
    return new GuardedRegister(registerClient({ mitzUrl, credentials, own }));
  },
};

export const consentRegisterProviders: Provider[] = [
  guardedRegisterProvider,
  {
    provide: CONSENT_REGISTER,
    inject: [GuardedRegister, RecordConfiguration],
    useFactory: (register: GuardedRegister, { consentRegimes }: RecordConfiguration): RegimeRegister =>
      new RegimeRegister(register, readRegimes(consentRegimes)),
  },
  {
    provide: STATUS_PROBLEMS,
    inject: [GuardedRegister],
    useFactory:
      (register: GuardedRegister): StatusProblems =>
      () => {
        const since = register.openSince;
        if (since === undefined) return Promise.resolve([]);
        const text = 'The consent register does not answer; the circuit is open and all data is refused';
        return Promise.resolve([
          { code: 'consent-unreachable', text, outside: 'consent-register', since: since.toISOString() },
        ]);
      },
  },
];
