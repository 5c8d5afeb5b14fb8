import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { PatientKeys } from '../patient-keys.js';
import { SubscriptionStore } from '../subscriptions/subscription-store.js';
import { ObjectionNames } from './objection-names.js';
import { dataUses, OptOutStore, type DataUse, type OptOut } from './opt-out-store.js';

/** What one citizen opted out of: changes and looks, each on record, each told to whom it concerns. */
@Injectable()
export class OptOutsOfCitizen {
  constructor(
    private readonly dataSource: DataSource,
    private readonly optOuts: OptOutStore,
    private readonly keys: PatientKeys,
    private readonly names: ObjectionNames,
    private readonly subscriptions: SubscriptionStore,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  give(patient: Bsn, use: DataUse, identity: VerifiedIdentity): Promise<OptOut> {
    return inTransaction(this.dataSource, async (transaction) => {
      await this.#set(transaction, use, patient, true);
      await this.#record(transaction, identity, patient, [`opted out of ${use} use`]);
      const optOut = await this.optOuts.find(transaction, use, this.#nameOf(use, patient));
      if (optOut === undefined) throw new Error('The opt-out was not stored');
      return optOut;
    });
  }

  /** Taking back what was never given is no mistake of the citizen: afterwards it holds what they want. */
  async withdraw(patient: Bsn, use: DataUse, identity: VerifiedIdentity): Promise<void> {
    await inTransaction(this.dataSource, async (transaction) => {
      await this.#set(transaction, use, patient, false);
      await this.#record(transaction, identity, patient, [`took back the opt-out of ${use} use`]);
    });
  }

  list(patient: Bsn, identity: VerifiedIdentity): Promise<OptOut[]> {
    return inTransaction(this.dataSource, async (transaction) => {
      await this.#record(transaction, identity, patient);
      const optOuts: OptOut[] = [];
      for (const use of dataUses) {
        const found = await this.optOuts.find(transaction, use, this.#nameOf(use, patient));
        if (found !== undefined) optOuts.push(found);
      }
      return optOuts;
    });
  }

  #nameOf(use: DataUse, patient: Bsn): string {
    return use === 'primary' ? this.keys.keyOf(patient) : this.names.nameOf(patient);
  }

  async #set(transaction: Transaction, use: DataUse, patient: Bsn, optedOut: boolean): Promise<void> {
    const name = this.#nameOf(use, patient);
    const revision = await this.optOuts.set(transaction, use, name, optedOut);
    if (revision === undefined) return;
    if (use === 'primary') await this.subscriptions.raise(transaction, this.keys.keyOf(patient));
    const common = { key: name, tenant: null };
    await this.eventLog.publish(transaction, [
      use === 'primary'
        ? { ...common, type: 'consent.primary-use-changed', payload: { bsn: patient, optedOut, revision } }
        : {
            ...common,
            type: 'consent.secondary-use-changed',
            payload: { pseudonym: name, objects: optedOut, revision },
          },
    ]);
  }

  #record(
    transaction: Transaction,
    who: VerifiedIdentity,
    patient: Bsn,
    reasons?: readonly string[],
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity: reasons === undefined ? 'consent-question' : 'consent-change',
      outcome: 'success',
      who,
      patient: toPatientIdentifier(patient),
      detail: { resourceTypes: ['Consent'], ...(reasons === undefined ? {} : { reasons }) },
      observer: 'consent-register',
    });
  }
}

/** @throws Failure('not-found') */
export function readUse(name: string): DataUse {
  const use = dataUses.find((each) => each === name);
  if (use === undefined) throw new Failure('not-found', 'A citizen may opt out of primary or secondary use');
  return use;
}
