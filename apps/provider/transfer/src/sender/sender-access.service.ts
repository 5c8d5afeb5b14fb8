import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessActivity, type AccessEntry } from '@samenhang/audit';
import type { AuthorisationInput, Decision, DecisionPoint } from '@samenhang/authorisation';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { inTenant } from '../storage/tenant-fence.js';
import { TransferSeal } from '../storage/transfer-seal.js';
import { readReceiversUpdate, storeStep, takeStep } from '../tasks/change-task.js';
import { findTask, type StoredTask } from '../tasks/task-table.js';
import type { Task } from '../tasks/task.js';
import { DECISION_POINT } from '../tokens.js';
import { RecordReads } from './record-reads.js';
import { servedTask } from './served-task.js';

export interface Caller {
  readonly tenant: Ura;
  readonly identity: VerifiedIdentity;
  readonly traceparent: string | undefined;
}

/** What a receiver asks of what was offered, in the spelling in which offers list it. */
export interface Pull {
  readonly interaction: 'read' | 'search-type' | 'document';
  readonly requested: string;
  readonly authorizationBase: string;
  /** Fetches it, once it may be given. */
  readonly fetch: (task: StoredTask, bsn: Bsn) => Promise<string>;
}

export interface ServedTask {
  readonly task: Task;
  readonly version: number;
  readonly lastUpdated: Date;
}

/**
 * The sender as holder of the data. Every request goes the same way: offer, policy, data, audit; the answer leaves only
 * after its audit event is committed.
 */
@Injectable()
export class SenderAccessService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(DECISION_POINT) private readonly policies: DecisionPoint,
    private readonly seal: TransferSeal,
    readonly record: RecordReads,
  ) {}

  async pull(caller: Caller, { interaction, requested, authorizationBase, fetch }: Pull): Promise<string> {
    const { tenant } = caller;
    const id = this.seal.findTaskOfBase(tenant, authorizationBase);
    const task = id === undefined ? undefined : await this.#find(tenant, id);
    const entry: EntryParts = {
      activity: interaction === 'read' ? 'read' : 'query',
      query: requested,
      task,
    };
    const decision = this.#decide(caller, interaction, task, requested);
    if (!decision.allow || task === undefined) return this.#deny(caller, entry, decision);
    const answer = await this.#fetched(caller, entry, decision, () =>
      fetch(task, this.#patientOf(tenant, task)),
    );
    await inTenant(this.dataSource, tenant, (transaction) =>
      this.#record(transaction, caller, 'success', entry, decision),
    );
    return answer;
  }

  /** What could not be fetched is recorded too: refused for a consent that the record keeps, or failed. */
  async #fetched(
    caller: Caller,
    entry: EntryParts,
    decision: Decision,
    fetch: () => Promise<string>,
  ): Promise<string> {
    try {
      return await fetch();
    } catch (error) {
      const isDenied = error instanceof Failure && error.kind === 'forbidden';
      const reasons = isDenied
        ? [{ code: 'own_consent_deny', description: 'The patient objects to this transfer' }]
        : decision.reasons;
      await inTenant(this.dataSource, caller.tenant, (transaction) =>
        this.#record(transaction, caller, isDenied ? 'denied' : 'failed', entry, { ...decision, reasons }),
      );
      throw error;
    }
  }

  /** @throws Failure('not-found') */
  async readTask(caller: Caller, id: string): Promise<ServedTask> {
    const { task, decision } = await this.#permitted(caller, id, 'read');
    await inTenant(this.dataSource, caller.tenant, (transaction) =>
      this.#record(transaction, caller, 'success', { activity: 'read', query: 'Task', task }, decision),
    );
    return this.#serve(caller.tenant, task);
  }

  /** @throws Failure('precondition-failed') when the receiver looked at another version */
  async updateTask(caller: Caller, id: string, version: number, sent: unknown): Promise<ServedTask> {
    const { tenant } = caller;
    const { task: owned, decision } = await this.#permitted(caller, id, 'update');
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const task = await findTask(transaction, tenant, id, true);
      if (task === undefined) throw new Failure('not-found', 'There is no such Task');
      if (task.version !== version)
        throw new Failure('precondition-failed', 'The Task has changed meanwhile');
      const step = readReceiversUpdate(servedTask(tenant, task, this.seal), sent);
      const changed = takeStep(task, step, 'receiver', new Date());
      await storeStep(transaction, tenant, changed, owned.owner);
      const entry: EntryParts = { activity: 'administer', query: `Task ${step.status}`, task };
      await this.#record(transaction, caller, 'success', entry, decision);
      return this.#serve(tenant, changed);
    });
  }

  /** A document that was made for this transfer; undefined when it has none of that name. */
  async findDocument(tenant: Ura, transfer: string, type: string, id: string): Promise<string | undefined> {
    const rows = await inTenant(this.dataSource, tenant, (transaction) =>
      transaction.query<{ body: string }>(
        'SELECT body FROM document WHERE tenant = $1 AND transfer = $2 AND type = $3 AND id = $4',
        [tenant, transfer, type, id],
      ),
    );
    return rows[0]?.body;
  }

  async #permitted(
    caller: Caller,
    id: string,
    interaction: 'read' | 'update',
  ): Promise<{ task: StoredTask; decision: Decision }> {
    const task = await this.#find(caller.tenant, id);
    if (task === undefined) throw new Failure('not-found', 'There is no such Task');
    const decision = this.#decide(caller, interaction, task, undefined);
    const activity = interaction === 'read' ? 'read' : 'administer';
    if (!decision.allow) return this.#deny(caller, { activity, query: 'Task', task }, decision);
    return { task, decision };
  }

  #find(tenant: Ura, id: string): Promise<StoredTask | undefined> {
    return inTenant(this.dataSource, tenant, (transaction) => findTask(transaction, tenant, id));
  }

  #decide(
    { identity, tenant }: Caller,
    interaction: AuthorisationInput['request']['interaction'],
    task: StoredTask | undefined,
    requested: string | undefined,
  ): Decision {
    return this.policies.decide({
      policy: 'transfer',
      subject: toAuthorisationSubject(identity),
      request: { interaction },
      context: {
        data_holder_organization_id: tenant,
        ...(task === undefined
          ? {}
          : {
              transfer: {
                owner: task.owner,
                status: task.status,
                from: task.validFrom.getTime() / 1_000,
                until: task.validUntil.getTime() / 1_000,
                has_authorization_base: requested !== undefined,
                ...(requested === undefined ? {} : { listed: task.listed, requested }),
              },
            }),
      },
    });
  }

  async #deny(caller: Caller, entry: EntryParts, decision: Decision): Promise<never> {
    await inTenant(this.dataSource, caller.tenant, (transaction) =>
      this.#record(transaction, caller, 'denied', entry, decision),
    );
    throw new Failure('forbidden', 'This was not offered to this care provider, or not any more');
  }

  #record(
    transaction: Transaction,
    { tenant, identity: who, traceparent }: Caller,
    outcome: AccessEntry['outcome'],
    { activity, query, task }: EntryParts,
    { reasons }: Decision,
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity,
      outcome,
      who,
      ...(task === undefined ? {} : { patient: toPatientIdentifier(this.#patientOf(tenant, task)) }),
      custodian: tenant,
      detail: {
        query,
        resourceTypes: [query.split(/[/? ]/, 1)[0] ?? ''],
        reasons: reasons.map(({ code }) => code),
      },
      observer: 'transfer',
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }

  #serve(tenant: Ura, stored: StoredTask): ServedTask {
    const { version, lastUpdated } = stored;
    return { task: servedTask(tenant, stored, this.seal), version, lastUpdated };
  }

  #patientOf(tenant: Ura, { id, sealedBsn }: StoredTask): Bsn {
    return this.seal.openBsn(sealedBsn, `${tenant}/task/${id}`);
  }
}

interface EntryParts {
  readonly activity: AccessActivity;
  readonly query: string;
  readonly task: StoredTask | undefined;
}
