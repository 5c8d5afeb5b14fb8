import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProofKey, type BoundToken, type Scope } from '@samenhang/identity';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** An issuer of access tokens for tests: what the authorisation server would grant, without its checks. */
export class TokenIssuer {
  private constructor(
    private readonly server: Server,
    private readonly key: CryptoKey,
    private readonly proofKey: ProofKey,
    private readonly thumbprint: string,
  ) {}

  static async start(): Promise<TokenIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proofKey = await ProofKey.generate();
    const thumbprint = await calculateJwkThumbprint(await exportJWK(proofKey.pair.publicKey));
    return new TokenIssuer(server, privateKey, proofKey, thumbprint);
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async issue(audience: string, organisation: string, ...scopes: Scope[]): Promise<BoundToken> {
    const accessToken = await new SignJWT({
      client_id: 'test-client',
      scope: scopes.join(' '),
      cnf: { jkt: this.thumbprint },
      organization_ura: organisation,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.url)
      .setSubject('test-client')
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.key);
    return { accessToken, expiresAt: new Date(Date.now() + 300_000), proofKey: this.proofKey };
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
