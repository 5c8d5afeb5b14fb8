import { Injectable } from '@nestjs/common';
import { identifierSystems, type FhirResource, type PatientKey } from '@samenhang/data-model';
import { findBsn, PatientKeyring, type Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

const SCOPE = 'audit';

interface AuditedEntity {
  readonly what?: { readonly identifier?: { readonly system?: string; readonly value?: string } };
}

/** Keys by which a patient's events are found, not linkable to the patient's keys elsewhere. */
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

  /** Key of the patient an AuditEvent is about, if it names one. */
  findKey(auditEvent: FhirResource): PatientKey | undefined {
    const entities = Array.isArray(auditEvent['entity']) ? (auditEvent['entity'] as AuditedEntity[]) : [];
    const identifier = entities
      .map((entity) => entity.what?.identifier)
      .find((candidate) => candidate?.system === identifierSystems.bsn);
    const patient = findBsn(identifier?.value ?? '');
    return patient === undefined ? undefined : this.keyOf(patient);
  }
}
