import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Bsn } from './bsn.js';

const PURPOSE = 'samenhang handles of changed patients';

/**
 * What a patient is called in events that say that something of theirs changed. Whoever subscribes for a patient knows
 * the number and can find these events; whoever reads the events learns no number. The secret is of its own: it gives no
 * access to what the patient keyring protects.
 */
export class ChangeHandles {
  readonly #secret: KeyObject;

  /** @param secret at least 32 bytes */
  constructor(secret: Buffer) {
    if (secret.length < 32) throw new RangeError('The secret of change handles must have at least 32 bytes');
    this.#secret = createSecretKey(secret);
  }

  /** Those of a deployment, for who has its patient keyring. */
  static ofKeyring(keyring: Buffer): ChangeHandles {
    return new ChangeHandles(ChangeHandles.deriveSecret(keyring));
  }

  /** The secret for who may recognise changes and may not have the keyring. */
  static deriveSecret(keyring: Buffer): Buffer {
    return Buffer.from(hkdfSync('sha256', keyring, Buffer.alloc(0), PURPOSE, 32));
  }

  handleOf(bsn: Bsn): string {
    return createHmac('sha256', this.#secret).update(bsn).digest('base64url');
  }
}
