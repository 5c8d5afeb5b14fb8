import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { objectionPseudonymOf } from '@samenhang/consent';
import {
  decodeBase64,
  decodeElement,
  deriveKey,
  encodeBase64Url,
  evaluate,
  type GroupScalar,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

const PURPOSE = 'secondary-use-objections';

/**
 * Names of persons in the list of who objects to secondary use: an oblivious pseudorandom function (RFC 9497) of the
 * register's own, so that a holder can name its patients without saying who they are.
 */
@Injectable()
export class ObjectionNames {
  readonly #key: GroupScalar;

  constructor(environment: ServiceEnvironment) {
    const { secret } = environment.secret<{ secret: string }>('patient-keyring');
    const seed = hkdfSync('sha256', Buffer.from(secret, 'base64'), new Uint8Array(0), PURPOSE, 32);
    this.#key = deriveKey(new Uint8Array(seed), Buffer.from(PURPOSE));
  }

  nameOf(patient: Bsn): string {
    return objectionPseudonymOf(patient, this.#key);
  }

  /** @throws OprfError when it is not a point of the group */
  evaluate(blinded: string): string {
    return encodeBase64Url(evaluate(this.#key, decodeElement(decodeBase64(blinded))));
  }
}
