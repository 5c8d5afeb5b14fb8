import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { FileKeyStore } from './file-key-store.js';
import { OPRF_KEY_STORE, type OprfKeyStore } from './key-store.js';

/** The adapter of this deployment. One for a hardware module implements the same port, and is chosen here. */
export const keyStoreProvider: Provider = {
  provide: OPRF_KEY_STORE,
  inject: [ServiceEnvironment, PseudonymisationConfiguration],
  useFactory: (
    environment: ServiceEnvironment,
    configuration: PseudonymisationConfiguration,
  ): OprfKeyStore => {
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
