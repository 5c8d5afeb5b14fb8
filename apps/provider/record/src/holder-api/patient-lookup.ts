import { Injectable } from '@nestjs/common';
import type { ConsentChoice } from '@samenhang/consent';
import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { PatientQuestion } from '@samenhang/fhir-http';
import { findBsn, PatientKeyring, type Bsn } from '@samenhang/patient-identity';
import { DataSource } from 'typeorm';
import { ConsentStore } from '../consents/consent-store.js';
import { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { bsnKey, identifierKey } from '../patients/patient-labels.js';
import { inTenant } from '../storage/tenant-fence.js';
import { isSamePerson, type Person } from './person.js';
import { findKnownPerson, findPerson, type KnownPerson, type PersonKey } from './person-table.js';
import { findFact, findVersion, type StoredFact } from './stored-fact.js';
import type { Tenant } from './tenants.js';

/** Whom a question is about, as far as that may be known before consent. */
export interface KnownPatient {
  readonly person: Person | undefined;
  readonly bsn: Bsn | undefined;
  /** The consents kept here, where they were looked up with the person. */
  readonly choices?: readonly ConsentChoice[];
}

export interface FactName {
  readonly type: string;
  readonly id: string;
  /** The present one when left out. */
  readonly version?: number;
}

/** Works out whom a request is about, in one round trip to the database at most. */
@Injectable()
export class PatientLookup {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyring: PatientKeyring,
    private readonly vault: CitizenNumberVault,
    private readonly consents: ConsentStore,
  ) {}

  /** For a BSN it is only worked out whom it means; whether data is held comes after consent. */
  async identify({ ura }: Tenant, patient: PatientQuestion): Promise<KnownPatient> {
    if (patient.by === 'identifier' && patient.system === identifierSystems.bsn) {
      const bsn = findBsn(patient.value);
      if (bsn === undefined) throw new Failure('malformed', 'The identifier is not a BSN');
      return { person: undefined, bsn };
    }
    const found = await inTenant(this.dataSource, ura, (transaction) =>
      transaction.endBehind(() => findKnownPerson(transaction, ura, this.#keyOf(ura, patient), this.vault)),
    );
    return found ?? { person: undefined, bsn: undefined };
  }

  /** A fact and whose it is. @throws Failure('conflict') when that changes meanwhile */
  async findFact(
    { ura }: Tenant,
    { type, id, version }: FactName,
  ): Promise<(KnownPerson & { readonly fact: StoredFact }) | undefined> {
    const [fact, known] = await inTenant(this.dataSource, ura, async (transaction) => {
      const personBy = (key: PersonKey): Promise<KnownPerson | undefined> =>
        findKnownPerson(transaction, ura, key, this.vault);
      if (version === undefined)
        return transaction.endBehind(() =>
          Promise.all([findFact(transaction, ura, type, id), personBy({ by: 'fact', type, id })]),
        );
      const past = await findVersion(transaction, ura, { type, id, version });
      return [past, past && (await personBy({ by: 'patient-key', patientKey: past.patientKey }))];
    });
    if (fact === undefined || known === undefined) return undefined;
    if (!known.person.patientKeys.includes(fact.patientKey)) throw changedMeanwhile();
    return { fact, ...known };
  }

  /** The consents that are kept here about somebody. */
  choicesOf({ ura }: Tenant, bsn: Bsn): Promise<readonly ConsentChoice[]> {
    return inTenant(this.dataSource, ura, (transaction) =>
      transaction.endBehind(() => this.consents.choicesOf(transaction, ura, bsn)),
    );
  }

  /** The person as of the transaction that reads the data. @throws Failure('conflict') */
  async refresh(
    transaction: Transaction,
    { ura }: Tenant,
    patient: PatientQuestion,
    known: KnownPatient,
  ): Promise<Person | undefined> {
    // Who was nobody when consent should have been asked, stays nobody in this answer.
    if (known.person === undefined && known.bsn === undefined) return undefined;
    const person = await findPerson(transaction, ura, this.#keyOf(ura, patient));
    const expected = known.bsn === undefined ? null : bsnKey(ura, known.bsn, this.keyring);
    // Merged or corrected since consent was asked: the answer was about somebody else.
    if (person !== undefined && person.bsnKey !== expected) throw changedMeanwhile();
    return person;
  }

  /** For what was read of a person while it was found out whether that still holds. @throws Failure('conflict') */
  async assertUnchanged(
    transaction: Transaction,
    tenant: Tenant,
    patient: PatientQuestion,
    known: KnownPatient & { readonly person: Person },
  ): Promise<void> {
    const person = await this.refresh(transaction, tenant, patient, known);
    if (person === undefined || !isSamePerson(person, known.person)) throw changedMeanwhile();
  }

  #keyOf(ura: Tenant['ura'], patient: PatientQuestion): PersonKey {
    if (patient.by === 'id') return { by: 'patient-id', patientId: patient.id };
    const key = identifierKey(ura, patient.system, patient.value, this.keyring);
    return patient.system === identifierSystems.bsn
      ? { by: 'bsn', bsnKey: key }
      : { by: 'identifier', identifierKey: key };
  }
}

function changedMeanwhile(): Failure {
  return new Failure('conflict', 'The patient has changed meanwhile');
}
