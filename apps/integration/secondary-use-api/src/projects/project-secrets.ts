import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { statementByStatement, unseal } from '@samenhang/persistence';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { DataSource } from 'typeorm';
import { findProjectSecret } from '../permits/permit-store.js';

/** The secret `secondary-use`. */
interface SecondaryUseSecret {
  /** Signs what permits say to holders (ES256). */
  readonly signing: JWK;
  /** To which the pseudonymisation service encrypts (RSA). */
  readonly decryption: JWK;
  /** Under which the secrets of projects are sealed: 256 bits, base64. */
  readonly sealing: string;
}

/** What only this service knows. */
@Injectable()
export class ProjectSecrets {
  readonly #secret: SecondaryUseSecret;
  readonly decryptionKey: KeyObject;

  constructor(
    environment: ServiceEnvironment,
    private readonly dataSource: DataSource,
  ) {
    this.#secret = environment.secret<SecondaryUseSecret>('secondary-use');
    this.decryptionKey = createPrivateKey({ key: this.#secret.decryption as JsonWebKey, format: 'jwk' });
  }

  get signing(): JWK {
    return this.#secret.signing;
  }

  get decryption(): JWK {
    return this.#secret.decryption;
  }

  get sealingKey(): Buffer {
    return Buffer.from(this.#secret.sealing, 'base64');
  }

  /** Of a project, base64url; sealed at rest. */
  async of(permitId: string): Promise<string> {
    const sealed = await findProjectSecret(statementByStatement(this.dataSource), permitId);
    if (sealed === undefined) throw new Failure('conflict', 'The permit was never granted');
    return unseal(sealed, this.sealingKey, permitId).toString('base64url');
  }
}
