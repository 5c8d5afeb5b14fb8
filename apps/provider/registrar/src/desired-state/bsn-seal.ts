import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { getBsn, type Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps a BSN at rest for as long as it is needed to register: AES-256-GCM, bound to the row it stands in. */
@Injectable()
export class BsnSeal {
  readonly #key: Buffer;

  constructor(environment: ServiceEnvironment) {
    const { secret } = environment.secret<{ readonly secret: string }>('patient-keyring');
    // A key of its own, derived: the keyring's secret also makes the keyed hashes that stand beside the sealed value.
    this.#key = Buffer.from(
      hkdfSync('sha256', Buffer.from(secret, 'base64'), Buffer.alloc(0), 'registrar|bsn-at-rest|v1', 32),
    );
  }

  seal(bsn: string, row: string): Buffer {
    return this.sealBytes(Buffer.from(bsn, 'utf8'), row);
  }

  /** @throws when the row is not the one it was sealed for */
  open(sealed: Buffer, row: string): Bsn {
    return getBsn(this.openBytes(sealed, row).toString('utf8'));
  }

  /** For what leads to a BSN as directly. */
  sealBytes(content: Uint8Array, row: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(row));
    const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
  }

  /** @throws when the row is not the one it was sealed for */
  openBytes(sealed: Buffer, row: string): Buffer {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(row)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  }
}
