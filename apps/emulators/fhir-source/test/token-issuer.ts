import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authorisedFetch, ProofKey, type AuthorisedRequest } from '@samenhang/identity';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export type TokenClaims = Readonly<Record<string, unknown>> & { readonly scope: string };

/** Stands in for the authorisation server: publishes a key set, and signs whatever token a test wants. */
export class TokenIssuer {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly signingKey: CryptoKey,
    private readonly proofKey: ProofKey,
  ) {}

  static async start(): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keys: JWK[] = [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }];
    // The source under test gets tokens of its own here, which nothing in these tests looks into.
    const granted = { access_token: 'granted', token_type: 'DPoP', expires_in: 300 };
    const server = createServer((request, response) => {
      const answer = request.method === 'POST' ? granted : { keys };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TokenIssuer(url, server, privateKey, await ProofKey.generate());
  }

  async fetch(url: string, claims: TokenClaims, request: AuthorisedRequest = {}): Promise<Response> {
    const audience = `${new URL(url).origin}/fhir`;
    const accessToken = await this.#issue(audience, claims);
    const token = { accessToken, expiresAt: new Date(Date.now() + 60_000), proofKey: this.proofKey };
    return authorisedFetch(token, url, request);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #issue(audience: string, claims: TokenClaims): Promise<string> {
    const jkt = await calculateJwkThumbprint(await exportJWK(this.proofKey.pair.publicKey));
    return new SignJWT({ client_id: 'console', ...claims, cnf: { jkt } })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.url)
      .setSubject('console')
      .setAudience(audience)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(this.signingKey);
  }
}
