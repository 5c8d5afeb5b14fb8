import { identifierSystems } from '@samenhang/data-model';
import { findOwnPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn, type Bsn } from '@samenhang/patient-identity';

/** The citizen whose own token this is; undefined for everybody else's. */
export class OwnPerson {
  constructor(private readonly binding: () => PatientBinding) {}

  find(identity: VerifiedIdentity): Bsn | undefined {
    const own = findOwnPatient(identity, this.binding);
    return own?.system === identifierSystems.bsn ? findBsn(own.value) : undefined;
  }
}
