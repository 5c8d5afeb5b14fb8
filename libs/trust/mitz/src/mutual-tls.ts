import { Agent, fetch } from 'undici';
import type { MitzClientOptions } from './mitz-client.js';

/** PEM: the certificate and key of the holder's node, and who signed the register's. */
export interface MutualTlsCredentials {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/** Sends questions as the national register wants them: over TLS with a certificate on both sides, and to no other place. */
export function mutualTlsSend({
  certificate,
  key,
  authority,
}: MutualTlsCredentials): MitzClientOptions['send'] {
  const dispatcher = new Agent({ connect: { cert: certificate, key, ca: authority, minVersion: 'TLSv1.2' } });
  return async (url, request) => {
    if (!url.startsWith('https://')) throw new RangeError('The consent register is reached by https only');
    return (await fetch(url, { ...request, redirect: 'error', dispatcher })) as unknown as Response;
  };
}
