import { createHash, createPrivateKey, KeyObject, type JsonWebKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { openSealedMessage, readKeyId, verifyClaims, type KeyManagement } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import { createRemoteJWKSet, errors, type CryptoKey, type JWK } from 'jose';
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
  readonly #decryptionKey: KeyObject;
  readonly #keyManagements: readonly KeyManagement[];
  readonly #issuer: string;
  readonly #signingKeys: ReturnType<typeof createRemoteJWKSet>;
  /** The keys of the set, as the form in which signatures are verified in place. */
  readonly #keyObjects = new WeakMap<CryptoKey, KeyObject>();

  constructor(
    environment: ServiceEnvironment,
    private readonly configuration: ReferenceIndexConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const service = environment.serviceUrl('pseudonymisation');
    const { decryption } = environment.secret<{ readonly decryption: JWK }>('reference-index');
    this.#decryptionKey = createPrivateKey({ key: decryption as JsonWebKey, format: 'jwk' });
    // RSA-OAEP with SHA-1 is what the present national service uses, and so comes with the unsigned mode only.
    this.#keyManagements = configuration.acceptUnsignedEvaluations
      ? ['RSA-OAEP-256', 'RSA-OAEP']
      : ['RSA-OAEP-256'];
    if (configuration.acceptUnsignedEvaluations)
      logger.warn('ACCEPT_UNSIGNED_EVALUATIONS is on: anyone who knows the public key of this index can ask');
    this.#issuer =
      configuration.pseudonymisationIssuer === '' ? service : configuration.pseudonymisationIssuer;
    this.#signingKeys = createRemoteJWKSet(new URL(`${service}/.well-known/jwks.json`), {
      timeoutDuration: KEYS_TIMEOUT_MS,
    });
  }

  /** @throws TokenRefusal; Failure('unavailable') when the signing keys cannot be had */
  async read(sealed: string, requester: Requester): Promise<Claims> {
    const content = this.#decrypt(sealed);
    const claims =
      this.configuration.acceptUnsignedEvaluations && content.startsWith('{')
        ? this.#readUnsigned(content, sealed)
        : await this.#verify(content, requester);
    assertScope(claims, this.configuration.recipientScope);
    return claims;
  }

  #decrypt(sealed: string): string {
    try {
      return openSealedMessage(sealed, this.#decryptionKey, this.#keyManagements);
    } catch (cause) {
      throw new TokenRefusal('not-decryptable', cause);
    }
  }

  async #verify(content: string, requester: Requester): Promise<Claims> {
    const claims = await this.#verifySignature(content);
    assertRequester(claims, requester);
    return claims;
  }

  async #verifySignature(content: string): Promise<Claims> {
    const verified = verifyClaims(content, await this.#signingKeyOf(content), {
      issuer: this.#issuer,
      audience: this.configuration.recipientOrganisation,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      required: ['jti', 'iat', 'exp', 'requester'],
    });
    if ('fault' in verified) throw new TokenRefusal(verified.fault);
    return verified.claims;
  }

  async #signingKeyOf(content: string): Promise<KeyObject> {
    const stated = readKeyId(content);
    if (stated === undefined) throw new TokenRefusal('unsigned');
    try {
      const { kid } = stated;
      const key = await this.#signingKeys({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) });
      const known = this.#keyObjects.get(key) ?? KeyObject.from(key);
      this.#keyObjects.set(key, known);
      return known;
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

/** A key that the service does not publish, or not once, proves nothing. */
function refusalOf(cause: unknown): Failure {
  if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
    return new TokenRefusal('unsigned', cause);
  return new Failure('unavailable', 'The keys of the pseudonymisation service cannot be had now', { cause });
}
