import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** A caller's DPoP key (RFC 9449), and the requests it proves to be its own. */
export class ProofMaker {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicJwk: JWK,
    readonly thumbprint: string,
  ) {}

  static async generate(): Promise<ProofMaker> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    return new ProofMaker(privateKey, jwk, await calculateJwkThumbprint(jwk));
  }

  /** Sends a request with the token and a fresh proof; follows no redirect. */
  async fetch(accessToken: string, url: string, request?: RequestInit): Promise<Response> {
    return (await this.prepare(accessToken, url, request))();
  }

  async prepare(
    accessToken: string,
    url: string,
    request: RequestInit = {},
  ): Promise<() => Promise<Response>> {
    const headers = new Headers(request.headers);
    headers.set('Authorization', `DPoP ${accessToken}`);
    headers.set('DPoP', await this.#prove(request.method ?? 'GET', url, accessToken));
    return () => fetch(url, { redirect: 'error', ...request, headers });
  }

  #prove(method: string, url: string, accessToken: string): Promise<string> {
    const { origin, pathname } = new URL(url);
    const ath = createHash('sha256').update(accessToken).digest('base64url');
    return new SignJWT({ htm: method, htu: `${origin}${pathname}`, ath })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.publicJwk })
      .setJti(randomUUID())
      .setIssuedAt()
      .sign(this.privateKey);
  }
}
