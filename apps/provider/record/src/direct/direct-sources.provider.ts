import { readFile } from 'node:fs/promises';
import type { FactoryProvider } from '@nestjs/common';
import { readTenants } from '@samenhang/data-model';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServerPolicy, ServiceEnvironment } from '@samenhang/service-kit';
import { RecordConfiguration } from '../record.configuration.js';
import { readDirectSources } from './direct-source.js';
import { DirectSources } from './direct-sources.js';

/** What is declared wrongly stops the start, and so does a secret that is not there. */
export const directSourcesProvider: FactoryProvider<DirectSources> = {
  provide: DirectSources,
  useFactory: async (
    { directServers, directSourcesFile, tenants }: RecordConfiguration,
    environment: ServiceEnvironment,
    keyring: PatientKeyring,
  ): Promise<DirectSources> => {
    const policy = new ServerPolicy(directServers);
    const text = directSourcesFile === '' ? '[]' : await readFile(directSourcesFile, 'utf8');
    const served = new Set<string>(readTenants(tenants).map(({ ura }) => ura));
    const sources = readDirectSources(text, served, policy);
    return new DirectSources(sources, policy, (name) => environment.secret(name), keyring);
  },
  inject: [RecordConfiguration, ServiceEnvironment, PatientKeyring],
};
