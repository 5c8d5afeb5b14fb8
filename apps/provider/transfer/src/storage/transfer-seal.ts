import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { seal, unseal, type Sealed } from '@samenhang/persistence';
import { getBsn, PatientKeyring, type Bsn } from '@samenhang/patient-identity';
import { identifierSystems, type PatientKey, type Ura } from '@samenhang/data-model';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** Keys of this service, derived from the secret of the deployment: numbers of citizens and authorization bases at rest. */
@Injectable()
export class TransferSeal {
  readonly #sealing: Buffer;
  readonly #basing: Buffer;
  readonly #keyring: PatientKeyring;

  constructor(environment: ServiceEnvironment) {
    const { secret } = environment.secret<{ readonly secret: string }>('patient-keyring');
    const bytes = Buffer.from(secret, 'base64');
    const derive = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), `transfer|${purpose}|v1`, 32));
    this.#sealing = derive('at-rest');
    this.#basing = derive('authorization-base');
    this.#keyring = new PatientKeyring(bytes);
  }

  /** Bound to the row it stands in: moved to another it does not open. */
  seal(text: string, row: string): Sealed {
    return seal(Buffer.from(text, 'utf8'), this.#sealing, row);
  }

  open(sealed: Sealed, row: string): string {
    return unseal(sealed, this.#sealing, row).toString('utf8');
  }

  openBsn(sealed: Sealed, row: string): Bsn {
    return getBsn(this.open(sealed, row));
  }

  patientKey(tenant: Ura, bsn: Bsn): PatientKey {
    return this.#keyring.keyOf(tenant, identifierSystems.bsn, bsn);
  }

  /**
   * The authorization base of an offer: which Task, and the proof that this service gave it out. It is not stored, so that
   * a copy of the database opens nothing.
   */
  authorizationBase(tenant: Ura, task: string): string {
    return `${task}.${this.#proof(tenant, task)}`;
  }

  /** The Task that an authorization base is of; undefined when this service never gave it out for that tenant. */
  findTaskOfBase(tenant: Ura, base: string): string | undefined {
    const [, task, proof] = /^([\da-f-]{36})\.([\w-]{43})$/.exec(base) ?? [];
    if (task === undefined || proof === undefined) return undefined;
    const expected = Buffer.from(this.#proof(tenant, task));
    return timingSafeEqual(expected, Buffer.from(proof)) ? task : undefined;
  }

  #proof(tenant: Ura, task: string): string {
    return createHmac('sha256', this.#basing).update(`${tenant}|${task}`).digest('base64url');
  }
}
