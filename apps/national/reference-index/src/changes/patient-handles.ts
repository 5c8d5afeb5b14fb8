import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';

/**
 * What a person is called in events and in answers to subscribers. It follows from what the index keeps, under a key of
 * its own: it is no pseudonym that anyone else has, and leads to none.
 */
@Injectable()
export class PatientHandles {
  readonly #key: KeyObject;

  constructor(environment: ServiceEnvironment) {
    const { pseudonymHashSecret } = environment.secret<{ readonly pseudonymHashSecret: string }>(
      'reference-index',
    );
    const secret = Buffer.from(pseudonymHashSecret, 'base64');
    this.#key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'patient handle', 32)));
  }

  of(pseudonymHash: Buffer): string {
    return createHmac('sha256', this.#key).update(pseudonymHash).digest('base64url');
  }
}
