import { MitzClient, type MitzClientOptions } from './mitz-client.js';
import { mutualTlsSend, type MutualTlsCredentials } from './mutual-tls.js';

export interface RegisterChoice {
  /** Base URL of Mitz; empty: the register of this installation is asked. */
  readonly mitzUrl: string;
  readonly credentials: () => MutualTlsCredentials;
  readonly own: () => MitzClientOptions;
}

/** The consent register that is asked: Mitz with a certificate, or that of the installation. */
export function registerClient({ mitzUrl, credentials, own }: RegisterChoice): MitzClient {
  return new MitzClient(mitzUrl === '' ? own() : { baseUrl: mitzUrl, send: mutualTlsSend(credentials()) });
}
