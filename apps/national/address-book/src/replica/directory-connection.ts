import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { Agent, fetch } from 'undici';
import { AddressBookConfiguration } from '../address-book.configuration.js';
import { isPublicAddress } from './directory-sources.js';

/** Requests to directories: https to public addresses, looked at when the connection is made; redirects are not followed. */
@Injectable()
export class DirectoryConnection implements OnApplicationShutdown {
  readonly #agent: Agent;

  constructor(
    private readonly configuration: AddressBookConfiguration,
    private readonly tokens: AccessTokens,
  ) {
    this.#agent = new Agent({ connect: configuration.directoryInsecure ? {} : { lookup: publicLookup } });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent.destroy();
  }

  async fetch(url: string, signal: AbortSignal): Promise<Response> {
    const { directoryInsecure, directoryTokens } = this.configuration;
    const { protocol, hostname, origin } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (!directoryInsecure && (protocol !== 'https:' || (isIP(host) !== 0 && !isPublicAddress(host))))
      throw new Error('A directory is reached by https, at a public address');
    const headers = { accept: 'application/fhir+json' };
    if (directoryTokens) {
      const token = await this.tokens.clientCredentials({ audience: origin, scope: 'lrza:read' });
      return authorisedFetch(token, url, { headers, signal });
    }
    const options = { headers, signal, redirect: 'error', dispatcher: this.#agent } as const;
    return (await fetch(url, options)) as unknown as Response;
  }
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const permitted = error === null ? addresses.filter(({ address }) => isPublicAddress(address)) : [];
    const [first] = permitted;
    if (error !== null || first === undefined)
      return callback(error ?? new Error('The directory has no public address'), '', 0);
    if (options.all === true) return callback(null, permitted);
    return callback(null, first.address, first.family);
  });
};
