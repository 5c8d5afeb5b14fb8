import { Body, Controller, Delete, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { readPatient } from '../choices/choice.js';
import { PatientKeys } from '../patient-keys.js';
import { SubscriptionStore } from '../subscriptions/subscription-store.js';
import { ObjectionNames } from './objection-names.js';
import { dataUses, OptOutStore, type DataUse, type OptOut } from './opt-out-store.js';

/**
 * A citizen opts out of primary or secondary use, and in again, at any time and without a reason (EHDS, articles 10 and
 * 71). The citizen's number is in the body of a request, never in its URL.
 */
@Controller('opt-outs')
@RequireScopes('consent:admin')
export class OptOutController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly optOuts: OptOutStore,
    private readonly keys: PatientKeys,
    private readonly names: ObjectionNames,
    private readonly subscriptions: SubscriptionStore,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Put(':use')
  async give(
    @Param('use') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<OptOut> {
    const [use, patient] = [readUse(name), readPatient(body)];
    return inTransaction(this.dataSource, async (transaction) => {
      await this.#set(transaction, use, patient, true);
      await this.#record(transaction, identity, patient, [`opted out of ${use} use`]);
      const optOut = await this.optOuts.find(transaction, use, this.#nameOf(use, patient));
      if (optOut === undefined) throw new Error('The opt-out was not stored');
      return optOut;
    });
  }

  /** Taking back what was never given is no mistake of the citizen: afterwards it holds what they want. */
  @Delete(':use')
  @HttpCode(204)
  async withdraw(
    @Param('use') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const [use, patient] = [readUse(name), readPatient(body)];
    await inTransaction(this.dataSource, async (transaction) => {
      await this.#set(transaction, use, patient, false);
      await this.#record(transaction, identity, patient, [`took back the opt-out of ${use} use`]);
    });
  }

  @Post('_search')
  @HttpCode(200)
  async search(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ optOuts: OptOut[] }> {
    const patient = readPatient(body);
    return inTransaction(this.dataSource, async (transaction) => {
      await this.#record(transaction, identity, patient);
      const optOuts: OptOut[] = [];
      for (const use of dataUses) {
        const found = await this.optOuts.find(transaction, use, this.#nameOf(use, patient));
        if (found !== undefined) optOuts.push(found);
      }
      return { optOuts };
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

function readUse(name: string): DataUse {
  const use = dataUses.find((each) => each === name);
  if (use === undefined) throw new Failure('not-found', 'A citizen may opt out of primary or secondary use');
  return use;
}
