import { fileURLToPath } from 'node:url';
import {
  CitizenClient,
  CitizenLogin,
  type CitizenErrand,
  type CitizenLoginOptions,
  type Custodian,
} from '@samenhang/client';
import { startPortal, type RunningPortal } from '@samenhang/portal-server';
import { addRoutes } from './routes.js';

export interface CitizenOptions {
  readonly port: number;
  readonly host?: string;
  /** Address people use; with https, cookies are sent over TLS only. */
  readonly publicUrl: string;
  readonly authorisationServerUrl: string;
  readonly auditUrl: string;
  readonly consentRegisterUrl: string;
  readonly queryApiUrl: string;
  readonly clientId: string;
  readonly clientKey: CitizenLoginOptions['clientKey'];
  /** Whose data can be seen here. */
  readonly careProviders: readonly Custodian[];
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

export type RunningCitizen = RunningPortal;

/** MedMij's service for the basic data set for care. */
const SERVICE = '48';

/** Starts the portal of citizens. Resolves once it accepts requests. */
export function startCitizen(options: CitizenOptions): Promise<RunningCitizen> {
  const { careProviders, auditUrl, consentRegisterUrl, queryApiUrl: queryUrl } = options;
  const login = new CitizenLogin({
    issuer: options.authorisationServerUrl,
    clientId: options.clientId,
    clientKey: options.clientKey,
    redirectUri: `${options.publicUrl}/api/return`,
    consentRegisterUrl,
    service: SERVICE,
  });
  return startPortal<CitizenClient>({
    name: 'citizen',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    publicUrl: options.publicUrl,
    describeSession: () => ({ careProviders: careProviders.map(({ ura, name }) => ({ ura, name })) }),
    addRoutes: (routes) => {
      routes.signInElsewhere<CitizenErrand>({
        begin: () => login.begin(careProviders.map(({ ura }) => ura)),
        finish: async (errand, answer) => {
          const tokens = await login.finish(errand, answer);
          return new CitizenClient({ auditUrl, consentRegisterUrl, queryUrl, tokens });
        },
      });
      addRoutes(routes, careProviders);
    },
  });
}
