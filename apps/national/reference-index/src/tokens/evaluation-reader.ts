import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import {
  compactDecrypt,
  createRemoteJWKSet,
  errors,
  importJWK,
  jwtVerify,
  type CryptoKey,
  type JWK,
} from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { ReferenceIndexConfiguration } from '../reference-index.configuration.js';
import { assertRequester, assertScope, type Claims } from './evaluation-claims.js';
import type { Requester } from './requester.js';
import { TokenRefusal } from './token-refusal.js';

const CLOCK_TOLERANCE_SECONDS = 5;
const KEYS_TIMEOUT_MS = 3_000;

/** Opens what the pseudonymisation service sealed: decrypts, then proves origin, recipient, lifetime and requester. */
@Injectable()
export class EvaluationReader {
  readonly #decryption: JWK;
  readonly #issuer: string;
  readonly #signingKeys: JWTVerifyGetKey;
  readonly #decryptionKeys = new Map<string, Promise<CryptoKey>>();

  constructor(
    environment: ServiceEnvironment,
    private readonly configuration: ReferenceIndexConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const service = environment.serviceUrl('pseudonymisation');
    this.#decryption = environment.secret<{ readonly decryption: JWK }>('reference-index').decryption;
    this.#issuer =
      configuration.pseudonymisationIssuer === '' ? service : configuration.pseudonymisationIssuer;
    this.#signingKeys = createRemoteJWKSet(new URL(`${service}/.well-known/jwks.json`), {
      timeoutDuration: KEYS_TIMEOUT_MS,
    });
  }

  /** @throws TokenRefusal; Failure('unavailable') when the signing keys cannot be had */
  async read(sealed: string, requester: Requester): Promise<Claims> {
    const content = await this.#decrypt(sealed);
    const claims =
      this.configuration.acceptUnsignedEvaluations && content.startsWith('{')
        ? this.#readUnsigned(content, sealed)
        : await this.#verify(content, requester);
    assertScope(claims, this.configuration.recipientScope);
    return claims;
  }

  async #decrypt(sealed: string): Promise<string> {
    // RSA-OAEP with SHA-1 is what the present national service uses, and so comes with the unsigned mode only.
    const algorithms = this.configuration.acceptUnsignedEvaluations
      ? ['RSA-OAEP-256', 'RSA-OAEP']
      : ['RSA-OAEP-256'];
    try {
      const { plaintext } = await compactDecrypt(sealed, (header) => this.#decryptionKey(header.alg ?? ''), {
        keyManagementAlgorithms: algorithms,
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return new TextDecoder().decode(plaintext);
    } catch (cause) {
      throw new TokenRefusal('not-decryptable', cause);
    }
  }

  #decryptionKey(alg: string): Promise<CryptoKey> {
    const { kid: _kid, alg: _alg, use: _use, ...key } = this.#decryption;
    const loaded = this.#decryptionKeys.get(alg) ?? (importJWK(key as JWK, alg) as Promise<CryptoKey>);
    this.#decryptionKeys.set(alg, loaded);
    return loaded;
  }

  async #verify(content: string, requester: Requester): Promise<Claims> {
    const claims = await this.#verifySignature(content);
    assertRequester(claims, requester);
    return claims;
  }

  async #verifySignature(content: string): Promise<Claims> {
    try {
      const { payload } = await jwtVerify(content, this.#signingKeys, {
        issuer: this.#issuer,
        audience: this.configuration.recipientOrganisation,
        algorithms: ['ES256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['jti', 'iat', 'exp', 'requester'],
      });
      return payload;
    } catch (cause) {
      throw refusalOf(cause);
    }
  }

  #readUnsigned(content: string, sealed: string): Claims {
    this.logger.warn('An unsigned evaluation was accepted: ACCEPT_UNSIGNED_EVALUATIONS is on');
    const claims = parseClaims(content);
    const { aud, exp } = claims;
    if (aud !== this.configuration.recipientOrganisation) throw new TokenRefusal('wrong-audience');
    if (typeof exp !== 'number' || exp + CLOCK_TOLERANCE_SECONDS < Date.now() / 1000)
      throw new TokenRefusal('expired');
    // Without a `jti` the token itself is what may be used once.
    return { ...claims, jti: createHash('sha256').update(sealed).digest('base64url') };
  }
}

function parseClaims(content: string): Claims {
  try {
    return JSON.parse(content) as Claims;
  } catch {
    // The parser's message could quote what was sealed.
    throw new TokenRefusal('malformed');
  }
}

function refusalOf(cause: unknown): Failure {
  if (cause instanceof errors.JWTExpired) return new TokenRefusal('expired', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return new TokenRefusal(cause.claim === 'aud' ? 'wrong-audience' : 'malformed', cause);
  }
  const forged = [
    errors.JWSInvalid,
    errors.JWTInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
  ].some((type) => cause instanceof type);
  if (forged) return new TokenRefusal('unsigned', cause);
  return new Failure('unavailable', 'The keys of the pseudonymisation service cannot be had now', { cause });
}
