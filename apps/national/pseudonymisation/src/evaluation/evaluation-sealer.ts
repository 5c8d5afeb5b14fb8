import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { encodeBase64Url, type GroupElement } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { CompactEncrypt, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import type { Recipient } from '../recipients/recipient-directory.js';
import type { Caller } from './caller.js';

const CLAIMS_VERSION = '1.1';

/** One evaluated point, or those of a batch in the order asked. */
export type SealedContent =
  | { readonly form: 'single'; readonly element: GroupElement }
  | { readonly form: 'batch'; readonly elements: readonly GroupElement[] };

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
      ...toSubject(evaluated),
      scope: recipient.scope,
      version: CLAIMS_VERSION,
      extra_versions: {},
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

function toSubject(
  content: SealedContent,
): { readonly subject: string } | { readonly subjects: readonly string[] } {
  return content.form === 'single'
    ? { subject: subjectOf(content.element) }
    : { subjects: content.elements.map(subjectOf) };
}

function subjectOf(element: GroupElement): string {
  return `pseudonym:eval:${encodeBase64Url(element)}`;
}
