import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction, seal, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { ProjectRecipients } from '../projects/project-recipients.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import {
  assertInForce,
  countingScopeOf,
  projectScopeOf,
  statusAfter,
  type Permit,
  type PermitAct,
  type PermitApplication,
} from './permit.js';
import { addDecision, findPermit, insertPermit, listPermits, updateStatus } from './permit-store.js';
import { PermitsInUse } from './permits-in-use.js';

const SECRET_BYTES = 32;

/** From application to withdrawal. Who applies does not decide, and every act is in the trail before it is answered. */
@Injectable()
export class PermitService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly recipients: ProjectRecipients,
    private readonly secrets: ProjectSecrets,
    private readonly inUse: PermitsInUse,
  ) {}

  async apply(application: PermitApplication, who: VerifiedIdentity): Promise<Permit> {
    const permit: Permit = {
      ...application,
      id: randomUUID(),
      requester: organisationOf(who),
      status: 'submitted',
    };
    await inTransaction(this.dataSource, async (transaction) => {
      await insertPermit(transaction, permit);
      await this.#decided(transaction, permit, 'apply', who);
    });
    return permit;
  }

  async grant(id: string, expiresAt: Date, who: VerifiedIdentity): Promise<Permit> {
    // Registered first: a permit that is granted without its recipient could never be used, a recipient without one harms nobody.
    const { requester } = await this.get(id);
    await this.recipients.register(projectScopeOf({ id }));
    await this.recipients.register(countingScopeOf(requester));
    const secret = seal(randomBytes(SECRET_BYTES), this.secrets.sealingKey, id);
    return this.#act('grant', id, who, (transaction, status) =>
      updateStatus(transaction, id, status, { expiresAt, secret }),
    );
  }

  reject(id: string, who: VerifiedIdentity): Promise<Permit> {
    return this.#act('reject', id, who, (transaction, status) => updateStatus(transaction, id, status));
  }

  async withdraw(id: string, who: VerifiedIdentity): Promise<Permit> {
    const permit = await this.#act('withdraw', id, who, (transaction, status) =>
      updateStatus(transaction, id, status),
    );
    this.inUse.end(id, 'The permit was withdrawn');
    return permit;
  }

  /** Whether it holds now, for one of its custodians: nobody else learns that there is such a permit. */
  async holdsFor(id: string, custodian: Ura): Promise<boolean> {
    const permit = await this.get(id);
    if (!permit.custodians.includes(custodian)) throw notFound();
    try {
      assertInForce(permit);
      return true;
    } catch (error) {
      if (error instanceof Failure) return false;
      throw error;
    }
  }

  async get(id: string): Promise<Permit> {
    const permit = await findPermit(statementByStatement(this.dataSource), id);
    if (permit === undefined) throw notFound();
    return permit;
  }

  /** To whom it is not theirs it does not exist. @throws Failure('not-found') */
  async getOwn(id: string, who: VerifiedIdentity): Promise<Permit> {
    const permit = await this.get(id);
    if (permit.requester !== who.organisation?.ura) throw notFound();
    return permit;
  }

  list(requester: Ura | undefined): Promise<Permit[]> {
    return listPermits(statementByStatement(this.dataSource), requester);
  }

  /** A permit of the caller's that holds now. Every use is in the trail, also the one that is refused. */
  async use(id: string, what: string, who: VerifiedIdentity): Promise<Permit> {
    const permit = await this.getOwn(id, who);
    const query = `${what}?permit=${id}`;
    try {
      assertInForce(permit);
    } catch (error) {
      await this.#record(statementByStatement(this.dataSource), query, who, 'denied');
      throw error;
    }
    await this.#record(statementByStatement(this.dataSource), query, who, 'success');
    return permit;
  }

  async #act(
    act: PermitAct,
    id: string,
    who: VerifiedIdentity,
    change: (transaction: Transaction, status: Permit['status']) => Promise<void>,
  ): Promise<Permit> {
    return inTransaction(this.dataSource, async (transaction) => {
      const permit = await findPermit(transaction, id, true);
      if (permit === undefined) throw notFound();
      if (permit.requester === who.organisation?.ura)
        throw new Failure('forbidden', 'Who applies does not decide');
      await change(transaction, statusAfter(act, permit));
      await this.#decided(transaction, permit, act, who);
      const changed = await findPermit(transaction, id);
      return changed ?? permit;
    });
  }

  async #decided(
    transaction: Transaction,
    { id }: Permit,
    act: string,
    who: VerifiedIdentity,
  ): Promise<void> {
    const person = who.professional?.id ?? who.clientId;
    await addDecision(transaction, {
      permitId: id,
      act,
      organisation: who.organisation?.ura ?? null,
      person,
    });
    await this.#record(transaction, `${act}?permit=${id}`, who, 'success');
  }

  #record(
    transaction: Transaction,
    query: string,
    who: VerifiedIdentity,
    outcome: 'success' | 'denied',
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity: 'administer',
      outcome,
      who,
      detail: { query },
      observer: 'secondary-use-api',
    });
  }
}

export function organisationOf({ organisation }: VerifiedIdentity): Ura {
  if (organisation === undefined) throw new Failure('forbidden', 'The token names no organisation');
  return organisation.ura;
}

function notFound(): Failure {
  return new Failure('not-found', 'There is no such permit');
}
