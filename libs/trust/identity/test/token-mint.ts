import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';

export interface Minted {
  readonly accessToken: string;
  readonly proof: string;
}

export interface MintOptions {
  readonly claims?: Record<string, unknown>;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly tokenKey?: CryptoKey | Uint8Array;
  readonly proofClaims?: Record<string, unknown>;
  readonly proofHeader?: Partial<JWTHeaderParameters>;
  readonly proofKey?: CryptoKey;
}

/** Mints tokens and proofs of which any part can be made wrong; serves the key set of the issuer. */
export class TokenMint {
  keyRequests = 0;
  /** Entries of the list of tokens that were called back. */
  revoked: readonly string[] = [];

  private constructor(
    readonly url: string,
    readonly publicJwk: JWK,
    private readonly server: Server,
    private readonly signingKey: CryptoKey,
    private readonly proofKey: CryptoKey,
    private readonly proofJwk: JWK,
  ) {}

  static async start(): Promise<TokenMint> {
    const signing = await generateKeyPair('ES256', { extractable: true });
    const proof = await generateKeyPair('ES256');
    const publicJwk = { ...(await exportJWK(signing.publicKey)), kid: 'mint', alg: 'ES256', use: 'sig' };
    const created: { mint?: TokenMint } = {};
    const server = createServer(({ url = '' }, response) => {
      const { mint } = created;
      const asksForRevocations = url.endsWith('/revocations');
      if (mint !== undefined && !asksForRevocations) mint.keyRequests += 1;
      const answer = asksForRevocations ? { revoked: mint?.revoked ?? [] } : { keys: [publicJwk] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const mint = new TokenMint(
      url,
      publicJwk,
      server,
      signing.privateKey,
      proof.privateKey,
      await exportJWK(proof.publicKey),
    );
    created.mint = mint;
    return mint;
  }

  async mint(method: string, url: string, audience: string, options: MintOptions = {}): Promise<Minted> {
    const accessToken = await this.#token(audience, options);
    return { accessToken, proof: await this.#proof(method, url, accessToken, options) };
  }

  /** Of the key with which proofs are made. */
  thumbprint(): Promise<string> {
    return calculateJwkThumbprint(this.proofJwk);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #token(audience: string, { claims, header, tokenKey }: MintOptions): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.url,
      aud: audience,
      sub: 'viewer',
      client_id: 'viewer',
      jti: randomUUID(),
      iat: now,
      exp: now + 300,
      scope: 'view:read',
      organization_ura: '11111111',
      organization_facility_type: 'Z3',
      user_id: '000095254',
      user_role: '01.015',
      cnf: { jkt: await calculateJwkThumbprint(this.proofJwk) },
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'mint', ...header })
      .sign(tokenKey ?? this.signingKey);
  }

  #proof(
    method: string,
    url: string,
    accessToken: string,
    { proofClaims, proofHeader, proofKey }: MintOptions,
  ): Promise<string> {
    return new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: url.split('?')[0],
      iat: Math.floor(Date.now() / 1000),
      ath: createHash('sha256').update(accessToken).digest('base64url'),
      ...proofClaims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.proofJwk, ...proofHeader })
      .sign(proofKey ?? this.proofKey);
  }
}
