import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';
import { ProofMaker } from './proof-maker.js';

export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Stands in for the authorisation server: publishes a key set, with nothing revoked, at every path, signs whatever token a test wants, and
 * grants the service under test whatever it asks for at `/token`.
 */
export class TokenIssuer {
  readonly url: string;

  private constructor(
    private readonly server: Server,
    private readonly signing: { readonly privateKey: CryptoKey; readonly publicJwk: JWK },
    private readonly caller: ProofMaker,
    private readonly clientId: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** @param clientId of whoever calls the service under test, unless the claims of a token say otherwise */
  static async start(clientId = 'test'): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
    const caller = await ProofMaker.generate();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TokenIssuer(server, { privateKey, publicJwk }, caller, clientId);
  }

  /** A request to the service under test, by a caller whose token carries these claims. */
  async fetch(
    url: string,
    claims: TokenClaims,
    request?: RequestInit,
    audience = new URL(url).origin,
  ): Promise<Response> {
    return (await this.prepare(url, claims, request, audience))();
  }

  /** The same request, its token and proof made already: for who measures how long it takes. */
  async prepare(
    url: string,
    claims: TokenClaims,
    request?: RequestInit,
    audience = new URL(url).origin,
  ): Promise<() => Promise<Response>> {
    const accessToken = await this.issue(audience, claims, this.caller.thumbprint);
    return this.caller.prepare(accessToken, url, request);
  }

  /** A token for the holder of the key with this thumbprint. */
  issue(audience: string, claims: TokenClaims, thumbprint: string): Promise<string> {
    return new SignJWT({ client_id: this.clientId, ...claims, cnf: { jkt: thumbprint } })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.url)
      .setSubject(this.clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.signing.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let form = '';
    for await (const chunk of request) form += String(chunk);
    const answer =
      request.method === 'POST'
        ? await this.#grant(new URLSearchParams(form), request.headers['dpop'])
        : { keys: [this.signing.publicJwk], revoked: [] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  }

  async #grant(asked: URLSearchParams, proof: unknown): Promise<object> {
    const { jwk } = decodeProtectedHeader(String(proof));
    const thumbprint = await calculateJwkThumbprint(jwk as JWK);
    const subject = asked.get('subject_token');
    // A token that is exchanged (RFC 8693) stays that of the caller's organisation.
    const organisation = subject === null ? asked.get('organization_id') : organisationOf(decodeJwt(subject));
    const claims = {
      scope: asked.get('scope') ?? '',
      ...(organisation === null ? {} : { organization_ura: organisation }),
    };
    const access_token = await this.issue(asked.get('resource') ?? this.url, claims, thumbprint);
    return { access_token, token_type: 'DPoP', expires_in: 300 };
  }
}

function organisationOf({ organization_ura: organisation }: TokenClaims): string | null {
  return typeof organisation === 'string' ? organisation : null;
}
