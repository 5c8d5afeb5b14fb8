import { createHash, randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import { isObject } from './json-object.js';
import type { ServerAuthentication } from './server-authentication.js';
import { isSameServer, type SourceHttp, SourceServerError } from './source-http.js';

/** A token is asked for anew this long before it ends. */
const RENEW_BEFORE_MS = 30_000;
const ASSERTION_LIFETIME_SECONDS = 300;
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface CachedToken {
  readonly header: string;
  readonly endsAt: number;
}

/** Where a source's server is, and how it wants to know who calls. */
export interface ServerSettings {
  readonly baseUrl: string;
  readonly auth?: ServerAuthentication;
}

/** Makes a service known at the server of a source: SMART backend services, a bearer token, or a password. */
export class ServerAccess {
  #token: CachedToken | undefined;

  constructor(
    private readonly server: ServerSettings,
    private readonly http: SourceHttp,
    private readonly readSecret: (name: string) => Promise<string>,
  ) {}

  /** Headers for a call; none to another server than the source's own. */
  async headers(url: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { auth, baseUrl } = this.server;
    if (auth === undefined || !isSameServer(url, baseUrl)) return {};
    return { authorization: await this.#authorisation(auth, signal) };
  }

  /** After a 401: the server may have withdrawn the token before its time. */
  forget(): void {
    this.#token = undefined;
  }

  async #authorisation(auth: ServerAuthentication, signal: AbortSignal): Promise<string> {
    const secret = (): Promise<string> => this.readSecret(auth.secret);
    if (auth.kind === 'bearer') return `Bearer ${(await secret()).trim()}`;
    if (auth.kind === 'basic') {
      const pair = `${auth.clientId ?? ''}:${(await secret()).trimEnd()}`;
      return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
    }
    if (this.#token === undefined || this.#token.endsAt - RENEW_BEFORE_MS < Date.now())
      this.#token = await this.#requestToken(auth, await secret(), signal);
    return this.#token.header;
  }

  /** SMART App Launch 2, backend services: a signed assertion for a short-lived token. */
  async #requestToken(auth: ServerAuthentication, secret: string, signal: AbortSignal): Promise<CachedToken> {
    const tokenUrl = auth.tokenUrl ?? (await this.#discoverTokenUrl(signal));
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: auth.scope ?? '',
      client_assertion_type: CLIENT_ASSERTION,
      client_assertion: await signAssertion(auth, secret, tokenUrl),
    });
    const text = await this.http.read(tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: body.toString(),
      signal,
    });
    const answer = parseObject(text);
    const { access_token: token, expires_in: lifetime } = answer;
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
      throw new SourceServerError('The token endpoint gives no access token');
    const seconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : ASSERTION_LIFETIME_SECONDS;
    return { header: `Bearer ${token}`, endsAt: Date.now() + seconds * 1000 };
  }

  async #discoverTokenUrl(signal: AbortSignal): Promise<string> {
    const url = `${this.server.baseUrl.replace(/\/+$/, '')}/.well-known/smart-configuration`;
    const text = await this.http.read(url, { headers: { accept: 'application/json' }, signal });
    const { token_endpoint: found } = parseObject(text);
    if (typeof found !== 'string')
      throw new SourceServerError('The SMART configuration of the server names no token endpoint');
    return found;
  }
}

async function signAssertion(auth: ServerAuthentication, secret: string, audience: string): Promise<string> {
  const key = parseObject(secret) as JWK;
  const algorithm = auth.algorithm ?? (key.kty === 'EC' ? 'ES384' : 'RS384');
  const clientId = auth.clientId ?? '';
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: key.kid ?? thumbprint(key) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${String(ASSERTION_LIFETIME_SECONDS)}s`)
    .sign(await importJWK(key, algorithm));
}

/** For a key without an id: of its public members (RFC 7638). */
function thumbprint({ kty, n, e, crv, x, y }: JWK): string {
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below, without the text: it may be a secret.
  }
  throw new SourceServerError('A JSON object was expected, and is not there');
}
