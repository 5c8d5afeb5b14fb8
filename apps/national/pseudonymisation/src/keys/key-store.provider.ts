import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { FileKeyStore } from './file-key-store.js';
import { HsmConnection, type HsmConnectionSettings } from './hsm-connection.js';
import { HsmKeyStore } from './hsm-key-store.js';
import { OPRF_KEY_STORE, type OprfKeyStore } from './key-store.js';

/** The adapter of this deployment: files, or a hardware module where `HSM_URL` names one. */
export const keyStoreProvider: Provider = {
  provide: OPRF_KEY_STORE,
  inject: [ServiceEnvironment, PseudonymisationConfiguration],
  useFactory: (
    environment: ServiceEnvironment,
    configuration: PseudonymisationConfiguration,
  ): OprfKeyStore => {
    if (configuration.hsmUrl !== '') return hsmKeyStore(environment, configuration);
    const secrets = environment.text('SECRETS_DIR');
    const { keyEncryptionKey } = environment.secret<{ readonly keyEncryptionKey?: string }>(
      'pseudonymisation',
    );
    return new FileKeyStore({
      directory: configuration.keyStoreDirectory || join(secrets, 'oprf-keys'),
      keyEncryptionKey,
      secretFile: join(secrets, 'pseudonymisation.json'),
      threads: configuration.evaluationThreads,
    });
  },
};

/** Secret `hsm`: PEM of the client's certificate and key, and of the authority that signed the module's. */
function hsmKeyStore(
  environment: ServiceEnvironment,
  { hsmUrl: url, hsmModule: module, hsmSlot: slot }: PseudonymisationConfiguration,
): OprfKeyStore {
  const { certificate, key, authority } =
    environment.secret<Pick<HsmConnectionSettings, 'certificate' | 'key' | 'authority'>>('hsm');
  return new HsmKeyStore(new HsmConnection({ url, module, slot, certificate, key, authority }));
}
