import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { ServerPolicy } from './server-policy.js';

/** A name that leads where the policy lets nothing go. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('the name leads to an address that this deployment lets nobody call');
  }
}

/** Shown to a server that asks who calls, in PEM; `ca`: who it must be vouched for by, beside nobody else. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/**
 * Connections as far as the policy goes. Names are looked up once, for the connection itself: an address that is not
 * allowed is never connected to, whatever a name meant a moment ago.
 */
export function guardedAgent(
  policy: ServerPolicy,
  answerTimeoutMs: number,
  certificate?: ClientCertificate,
): Agent {
  return new Agent({
    connect: { lookup: guardedLookup(policy), timeout: 10_000, ...certificate },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
}

function guardedLookup(policy: ServerPolicy): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 4);
      const permitted = addresses.filter(({ address }) => policy.permits(host, address));
      const [first] = permitted;
      if (first === undefined) return done(new ForbiddenAddress(), '', 4);
      if (options.all === true) return done(null, permitted);
      done(null, first.address, first.family);
    });
  };
}
