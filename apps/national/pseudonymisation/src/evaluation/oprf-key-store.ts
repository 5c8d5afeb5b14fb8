import { Injectable } from '@nestjs/common';
import { decodeScalar, evaluate, type GroupElement, type GroupScalar } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** Holds the OPRF key and applies it: the key itself is never handed out, as with a hardware module. */
@Injectable()
export class OprfKeyStore {
  readonly #key: GroupScalar;

  constructor(environment: ServiceEnvironment) {
    const { oprfKey } = environment.secret<{ readonly oprfKey: string }>('pseudonymisation');
    this.#key = decodeScalar(new Uint8Array(Buffer.from(oprfKey, 'hex')));
  }

  evaluate(point: GroupElement): GroupElement {
    return evaluate(this.#key, point);
  }
}
