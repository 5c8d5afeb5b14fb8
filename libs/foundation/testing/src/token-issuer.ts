import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import { ProofMaker } from './proof-maker.js';

export type TokenClaims = Readonly<Record<string, unknown>>;

const LIFETIME_SECONDS = 300;

/**
 * Stands in for the authorisation server: publishes a key set, with nothing revoked, at every path, signs whatever token a test wants, and
 * grants the service under test whatever it asks for at `/token`.
 */
export class TokenIssuer {
  readonly url: string;
  readonly #thumbprints = new Map<string, Promise<string>>();

  private constructor(
    private readonly server: Server,
    private readonly signing: { readonly privateKey: KeyObject; readonly publicJwk: JWK },
    private readonly caller: ProofMaker,
    private readonly clientId: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** @param clientId of whoever calls the service under test, unless the claims of a token say otherwise */
  static async start(clientId = 'test'): Promise<TokenIssuer> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicJwk = {
      ...publicKey.export({ format: 'jwk' }),
      kid: 'test',
      alg: 'ES256',
      use: 'sig',
    } as JWK;
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

  /** A token for the holder of the key with this thumbprint. Signed in place: benchmarks wait for it too. */
  issue(audience: string, claims: TokenClaims, thumbprint: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'test' };
    const payload = {
      client_id: this.clientId,
      ...claims,
      cnf: { jkt: thumbprint },
      iss: this.url,
      sub: this.clientId,
      aud: audience,
      jti: randomUUID(),
      iat: now,
      exp: now + LIFETIME_SECONDS,
    };
    const input = [header, payload].map(encode).join('.');
    const key = { key: this.signing.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return Promise.resolve(`${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`);
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
    const thumbprint = await this.#thumbprintOf(String(proof));
    const subject = asked.get('subject_token');
    // A token that is exchanged (RFC 8693) stays that of the caller's organisation.
    const organisation = subject === null ? asked.get('organization_id') : organisationOf(decodeJwt(subject));
    const claims = {
      scope: asked.get('scope') ?? '',
      ...(organisation === null ? {} : { organization_ura: organisation }),
    };
    const access_token = await this.issue(asked.get('resource') ?? this.url, claims, thumbprint);
    return { access_token, token_type: 'DPoP', expires_in: LIFETIME_SECONDS };
  }

  /** A caller states its key the same way each time. */
  #thumbprintOf(proof: string): Promise<string> {
    const [header = ''] = proof.split('.', 1);
    const known = this.#thumbprints.get(header);
    if (known !== undefined) return known;
    const thumbprint = calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK);
    this.#thumbprints.set(header, thumbprint);
    return thumbprint;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function organisationOf({ organization_ura: organisation }: TokenClaims): string | null {
  return typeof organisation === 'string' ? organisation : null;
}
