import { createPrivateKey, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { encodeBase64Url, type GroupElement, type GroupScalar } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import type { Recipient } from '../recipients/recipient-directory.js';
import type { Caller } from './caller.js';
import { encryptCompact, signCompact } from './compact-jose.js';

const CLAIMS_VERSION = '1.1';

/** The points of a request, evaluated under one version of the key, in the order asked. */
export interface EvaluatedVersion {
  readonly version: number;
  readonly elements: readonly GroupElement[];
}

/** Answers to a waiting caller, or over the event log, where they may lie a while. */
export type SealedUse = 'direct' | 'bulk';

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
  readonly #lifetimeSeconds: Readonly<Record<SealedUse, number>>;
  readonly #signing: JWK;
  readonly #signingKey: KeyObject;

  constructor(environment: ServiceEnvironment, configuration: PseudonymisationConfiguration) {
    this.#issuer = environment.publicUrl;
    this.#lifetimeSeconds = {
      direct: configuration.evaluationLifetimeSeconds,
      bulk: configuration.bulkLifetimeSeconds,
    };
    this.#signing = environment.secret<{ readonly signing: JWK }>('pseudonymisation').signing;
    this.#signingKey = createPrivateKey({ key: this.#signing as JsonWebKey, format: 'jwk' });
  }

  /** The key with which recipients verify the signature. */
  publicKeys(): { readonly keys: readonly JWK[] } {
    const { kty, crv, x, y, kid } = this.#signing;
    return { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JWK] };
  }

  seal(evaluated: SealedContent, recipient: Recipient, caller: Caller, use: SealedUse = 'direct'): string {
    const signed = this.#sign(evaluated, recipient, caller, this.#lifetimeSeconds[use]);
    return encryptCompact({ cty: 'JWT', ...kidOf(recipient.keyId) }, signed, recipient.encryptionKey);
  }

  #sign(evaluated: SealedContent, recipient: Recipient, caller: Caller, lifetimeSeconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...toClaims(evaluated),
      scope: recipient.scope,
      version: CLAIMS_VERSION,
      requester: { organization_ura: caller.organisation, client_id: caller.clientId },
      iss: this.#issuer,
      aud: recipient.organisation,
      iat: now,
      exp: now + lifetimeSeconds,
      jti: randomUUID(),
    };
    return signCompact({ typ: 'JWT', ...kidOf(this.#signing.kid) }, claims, this.#signingKey);
  }
}

function kidOf(kid: string | undefined): { readonly kid?: string } {
  return kid === undefined ? {} : { kid };
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
