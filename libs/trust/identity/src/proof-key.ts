import { generateKeyPairSync, hash, randomUUID, type webcrypto } from 'node:crypto';
import { JwtSigner } from './jwt-signer.js';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };

/** The DPoP key of this process (RFC 9449). Private and non-extractable: a stolen token is useless without it. */
export class ProofKey {
  private constructor(
    readonly pair: webcrypto.CryptoKeyPair,
    private readonly signer: JwtSigner,
  ) {}

  static async generate(): Promise<ProofKey> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
    const pair = {
      privateKey: privateKey.toCryptoKey(ecdsa, false, ['sign']),
      publicKey: publicKey.toCryptoKey(ecdsa, true, ['verify']),
    };
    return new ProofKey(pair, new JwtSigner(privateKey, { typ: 'dpop+jwt', jwk: { kty, crv, x, y } }));
  }

  /**
   * Proof for one request: a fresh `jti`, bound to method, URL without query or fragment, and token. A request for a
   * token is proved without one.
   */
  async prove(method: string, url: string | URL, accessToken?: string): Promise<string> {
    const { origin, pathname } = new URL(url);
    return this.signer.sign({
      htm: method.toUpperCase(),
      htu: `${origin}${pathname}`,
      ...(accessToken === undefined ? {} : { ath: hash('sha256', accessToken, 'base64url') }),
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
    });
  }
}

/** An access token with the key it is bound to. */
export interface BoundToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly proofKey: ProofKey;
}
