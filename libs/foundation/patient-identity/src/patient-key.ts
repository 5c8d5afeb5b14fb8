import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { PatientKey } from '@samenhang/data-model';

/**
 * Keyed hashes (HMAC-SHA-256, truncated to 128 bits) stand for patients wherever an identifier must not appear.
 * The key is a secret of the deployment; without it a BSN (about 90 million candidates) cannot be recovered by trial.
 */
export class PatientKeyring {
  readonly #secret: KeyObject;

  /** @param secret at least 32 bytes */
  constructor(secret: Buffer) {
    if (secret.length < 32) throw new RangeError('The patient key secret must have at least 32 bytes');
    this.#secret = createSecretKey(secret);
  }

  /** Key of an identifier within a scope (usually the tenant): other scopes give unlinkable keys. */
  keyOf(scope: string, system: string, value: string): PatientKey {
    const hash = createHmac('sha256', this.#secret)
      .update(`${scope}\u0000${system}\u0000${value}`)
      .digest('hex');
    return hash.slice(0, 32) as PatientKey;
  }
}
