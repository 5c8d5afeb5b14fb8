import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessOutcome } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { PatientKeys } from '../patient-keys.js';
import { SubscriptionStore } from '../subscriptions/subscription-store.js';
import type { RegisteredChoice } from './choice.js';
import { ChoiceStore, type StoredChoice } from './choice-store.js';
import { positionOf } from './objection.js';

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Changes of the choices of one citizen, and the look at them: each on record, each told to whom it concerns. */
@Injectable()
export class ChoicesOfCitizen {
  constructor(
    private readonly dataSource: DataSource,
    private readonly choices: ChoiceStore,
    private readonly keys: PatientKeys,
    private readonly subscriptions: SubscriptionStore,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  put(patient: Bsn, choice: RegisteredChoice, identity: VerifiedIdentity): Promise<StoredChoice> {
    return inTransaction(this.dataSource, async (transaction) => {
      const key = this.keys.keyOf(patient);
      const revision = await this.choices.lock(transaction, key);
      const stored = await this.choices.put(transaction, key, choice);
      await this.#tell(transaction, patient, choice.holder, revision);
      await this.#record(transaction, identity, patient, 'success', [
        `${choice.decision} ${choice.category}`,
      ]);
      return stored;
    });
  }

  list(patient: Bsn, identity: VerifiedIdentity): Promise<StoredChoice[]> {
    return inTransaction(this.dataSource, async (transaction) => {
      await recordAccess(this.eventLog, transaction, {
        activity: 'consent-question',
        outcome: 'success',
        who: identity,
        patient: toPatientIdentifier(patient),
        detail: { resourceTypes: ['Consent'] },
        observer: 'consent-register',
      });
      return this.choices.list(transaction, this.keys.keyOf(patient));
    });
  }

  /** @throws Failure('not-found') also for a choice of somebody else */
  async withdraw(patient: Bsn, id: string, identity: VerifiedIdentity): Promise<void> {
    const deleted = await inTransaction(this.dataSource, async (transaction) => {
      const found = ID.test(id) && (await this.#withdraw(transaction, patient, id));
      await this.#record(transaction, identity, patient, found ? 'success' : 'failed', ['withdrawn']);
      return found;
    });
    if (!deleted) throw new Failure('not-found', 'There is no such choice');
  }

  async #withdraw(transaction: Transaction, patient: Bsn, id: string): Promise<boolean> {
    const key = this.keys.keyOf(patient);
    const revision = await this.choices.lock(transaction, key);
    const choice = await this.choices.delete(transaction, key, id);
    if (choice !== undefined) await this.#tell(transaction, patient, choice.holder, revision);
    return choice !== undefined;
  }

  /** So that a holder registers nobody who objects to being found there, and registers again who no longer does. */
  async #tell(
    transaction: Transaction,
    patient: Bsn,
    holder: RegisteredChoice['holder'],
    revision: number,
  ): Promise<void> {
    const key = this.keys.keyOf(patient);
    await this.subscriptions.raise(transaction, key);
    const position = positionOf(await this.choices.list(transaction, key), holder);
    await this.eventLog.publish(transaction, [
      {
        type: 'consent.objection-changed',
        key,
        tenant: 'ura' in holder ? holder.ura : null,
        payload: { bsn: patient, holder, position, revision },
      },
    ]);
  }

  #record(
    transaction: Transaction,
    who: VerifiedIdentity,
    patient: Bsn,
    outcome: AccessOutcome,
    reasons: string[],
  ): Promise<void> {
    const detail = { resourceTypes: ['Consent'], reasons };
    return recordAccess(this.eventLog, transaction, {
      activity: 'consent-change',
      outcome,
      who,
      patient: toPatientIdentifier(patient),
      detail,
      observer: 'consent-register',
    });
  }
}
