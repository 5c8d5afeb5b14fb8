import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { encodeBase64Url, type GroupElement, type GroupScalar } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { CompactEncrypt, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import type { Recipient } from '../recipients/recipient-directory.js';
import type { Caller } from './caller.js';

const CLAIMS_VERSION = '1.1';

/** The points of a request, evaluated under one version of the key, in the order asked. */
export interface EvaluatedVersion {
  readonly version: number;
  readonly elements: readonly GroupElement[];
}

/** Newest version first. */
export interface SealedContent {
  readonly form: 'single' | 'batch';
  readonly versions: readonly EvaluatedVersion[];
  /** In verifiable mode: with what the sender's view of the newest version is masked. */
  readonly mask?: GroupScalar;
}

/**
 * Seals an evaluation: signed by this service, then encrypted to the recipient (a nested JWT, RFC 7519 section 5.2).
 * Encryption alone would let anyone who knows the recipient's public key mint evaluations.
 */
@Injectable()
export class EvaluationSealer {
  readonly #issuer: string;
  readonly #lifetimeSeconds: number;
  readonly #signing: JWK;
  #signingKey: Promise<CryptoKey> | undefined;

  constructor(environment: ServiceEnvironment, configuration: PseudonymisationConfiguration) {
    this.#issuer = environment.publicUrl;
    this.#lifetimeSeconds = configuration.evaluationLifetimeSeconds;
    this.#signing = environment.secret<{ readonly signing: JWK }>('pseudonymisation').signing;
  }

  /** The key with which recipients verify the signature. */
  publicKeys(): { readonly keys: readonly JWK[] } {
    const { kty, crv, x, y, kid } = this.#signing;
    return { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JWK] };
  }

  async seal(evaluated: SealedContent, recipient: Recipient, caller: Caller): Promise<string> {
    const signed = await this.#sign(evaluated, recipient, caller);
    return new CompactEncrypt(new TextEncoder().encode(signed))
      .setProtectedHeader({
        alg: 'RSA-OAEP-256',
        enc: 'A256GCM',
        cty: 'JWT',
        ...(recipient.keyId === undefined ? {} : { kid: recipient.keyId }),
      })
      .encrypt(recipient.encryptionKey);
  }

  async #sign(evaluated: SealedContent, recipient: Recipient, caller: Caller): Promise<string> {
    const key = await (this.#signingKey ??= importJWK(this.#signing, 'ES256') as Promise<CryptoKey>);
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      ...toClaims(evaluated),
      scope: recipient.scope,
      version: CLAIMS_VERSION,
      requester: { organization_ura: caller.organisation, client_id: caller.clientId },
    })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'JWT',
        ...(this.#signing.kid === undefined ? {} : { kid: this.#signing.kid }),
      })
      .setIssuer(this.#issuer)
      .setAudience(recipient.organisation)
      .setIssuedAt(now)
      .setExpirationTime(now + this.#lifetimeSeconds)
      .setJti(randomUUID())
      .sign(key);
  }
}

/** `subject` (or `subjects`) under the newest version, `extra_versions` under the older ones that are still active. */
function toClaims({ form, versions, mask }: SealedContent): Record<string, unknown> {
  const [newest, ...older] = versions;
  if (newest === undefined) throw new Error('An evaluation has at least one version');
  const extra = older.map(({ version, elements }) => {
    const encoded = elements.map(encodeBase64Url);
    return [String(version), form === 'single' ? encoded[0] : encoded] as const;
  });
  const subjects = newest.elements.map(subjectOf);
  return {
    ...(form === 'single' ? { subject: subjects[0] } : { subjects }),
    key_version: newest.version,
    extra_versions: Object.fromEntries(extra),
    ...(mask === undefined ? {} : { verification_mask: encodeBase64Url(mask) }),
  };
}

function subjectOf(element: GroupElement): string {
  return `pseudonym:eval:${encodeBase64Url(element)}`;
}
