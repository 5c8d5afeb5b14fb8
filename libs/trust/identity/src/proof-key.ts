import { createHash, randomUUID, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

/** The DPoP key of this process (RFC 9449). Private and non-extractable: a stolen token is useless without it. */
export class ProofKey {
  private constructor(
    readonly pair: webcrypto.CryptoKeyPair,
    private readonly publicJwk: JWK,
  ) {}

  static async generate(): Promise<ProofKey> {
    const pair = await generateKeyPair('ES256', { extractable: false });
    const { kty, crv, x, y } = await exportJWK(pair.publicKey);
    return new ProofKey(pair as webcrypto.CryptoKeyPair, { kty, crv, x, y } as JWK);
  }

  /** Proof for one request: a fresh `jti`, bound to method, URL without query or fragment, and token. */
  async prove(method: string, url: string | URL, accessToken: string): Promise<string> {
    const target = new URL(url);
    return new SignJWT({
      htm: method.toUpperCase(),
      htu: `${target.origin}${target.pathname}`,
      ath: createHash('sha256').update(accessToken).digest('base64url'),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.publicJwk })
      .setJti(randomUUID())
      .setIssuedAt()
      .sign(this.pair.privateKey);
  }
}

/** An access token with the key it is bound to. */
export interface BoundToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly proofKey: ProofKey;
}
