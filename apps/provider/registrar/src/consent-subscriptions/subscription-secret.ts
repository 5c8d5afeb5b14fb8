import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** What a notification must show for one subscription: derived, so that it is kept nowhere. */
@Injectable()
export class SubscriptionSecret {
  readonly #key: Uint8Array;

  constructor(environment: ServiceEnvironment) {
    const { secret } = environment.secret<{ readonly secret: string }>('patient-keyring');
    this.#key = new Uint8Array(
      hkdfSync(
        'sha256',
        Buffer.from(secret, 'base64'),
        new Uint8Array(0),
        'registrar|consent-subscriptions|v1',
        32,
      ),
    );
  }

  /** Value of the header `Authorization`. */
  of(subscription: string): string {
    return `Bearer ${createHmac('sha256', this.#key).update(subscription).digest('base64url')}`;
  }

  isOf(subscription: string, shown: string | undefined): boolean {
    const [expected, given] = [Buffer.from(this.of(subscription)), Buffer.from(shown ?? '')];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}
