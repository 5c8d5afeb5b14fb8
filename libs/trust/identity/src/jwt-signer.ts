import { createPrivateKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { toJoseSignature } from './ecdsa-signature.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Signs JWTs with one key and one header (RFC 7519), in place: a round to a thread of the pool costs several times what
 * the signature does.
 */
export class JwtSigner {
  readonly #encodedHeader: string;
  readonly #digest: 'sha256' | null;

  /** @param key of the curve P-256 or Ed25519; the algorithm follows from it */
  constructor(
    private readonly key: KeyObject,
    header: Claims,
  ) {
    const isEdwards = key.asymmetricKeyType === 'ed25519';
    this.#digest = isEdwards ? null : 'sha256';
    this.#encodedHeader = encode({ alg: isEdwards ? 'Ed25519' : 'ES256', ...header });
  }

  static ofJwk(jwk: JWK, header: Claims): JwtSigner {
    return new JwtSigner(createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }), header);
  }

  sign(claims: Claims): string {
    const input = `${this.#encodedHeader}.${encode(claims)}`;
    const signature = sign(this.#digest, Buffer.from(input), this.key);
    const written = this.#digest === null ? signature : toJoseSignature(signature);
    return `${input}.${written.toString('base64url')}`;
  }
}

function encode(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
