import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { getBsn, type Bsn } from '@samenhang/patient-identity';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals BSNs for storage (AES-256-GCM, fresh nonce; bound to tenant and key, so that a sealed value moved to another
 * row does not open). The key is derived from the deployment's patient key secret: a copy of the database alone reveals
 * no BSN.
 */
export class CitizenNumberVault {
  readonly #key: Buffer;

  constructor(secret: Buffer) {
    this.#key = Buffer.from(
      hkdfSync('sha256', secret, Buffer.alloc(0), 'samenhang record citizen number', 32),
    );
  }

  seal(tenant: string, bsnKey: string, bsn: Bsn): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(`${tenant}/${bsnKey}`));
    const text = Buffer.concat([cipher.update(bsn, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** @throws Error when it was sealed with another secret or for another row */
  open(tenant: string, bsnKey: string, sealed: Buffer): Bsn {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(`${tenant}/${bsnKey}`))
      .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return getBsn(text.toString('utf8'));
  }
}
