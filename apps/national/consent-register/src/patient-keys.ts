import { Injectable } from '@nestjs/common';
import { identifierSystems, type PatientKey } from '@samenhang/data-model';
import { PatientKeyring, type Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

const SCOPE = 'consent-register';

/** Keys of citizens in this register, not linkable to their keys anywhere else. */
@Injectable()
export class PatientKeys {
  readonly #keyring: PatientKeyring;

  constructor(environment: ServiceEnvironment) {
    this.#keyring = new PatientKeyring(
      Buffer.from(environment.secret<{ secret: string }>('patient-keyring').secret, 'base64'),
    );
  }

  keyOf(patient: Bsn): PatientKey {
    return this.#keyring.keyOf(SCOPE, identifierSystems.bsn, patient);
  }
}
