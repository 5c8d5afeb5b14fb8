import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { canonicalBase, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { deliveriesOf, planDelivery, type DeliveryState } from '../deliveries/delivery-table.js';
import { DeliveryWorker } from '../deliveries/delivery-worker.js';
import { inTenant } from '../storage/tenant-fence.js';
import { TransferSeal } from '../storage/transfer-seal.js';
import { selectCandidate, storeStep, takeStep } from '../tasks/change-task.js';
import {
  insertTask,
  listChangesByOthers,
  listTasks,
  lockTransfer,
  type StoredTask,
  type TaskChange,
} from '../tasks/task-table.js';
import { isOver } from '../tasks/task-status.js';
import { workflowTask } from '../tasks/task.js';
import type { OfferRequest } from './offer-request.js';

/** A transfer as the sender's own system sees it. */
export interface TransferView {
  readonly transfer: string;
  readonly kind: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly owner: string;
    readonly status: string;
    readonly businessStatus?: string;
    readonly statusReason?: string;
    readonly version: number;
    readonly lastUpdated: Date;
    readonly until: Date;
    readonly listed: readonly string[];
    readonly deliveries: readonly Omit<DeliveryState, 'task'>[];
  }[];
}

const LIST_LIMIT = 200;
const CHANGES_LIMIT = 500;

/** What a care provider offers to others: made, seen, withdrawn, and decided between candidates. */
@Injectable()
export class OfferService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly seal: TransferSeal,
    private readonly worker: DeliveryWorker,
  ) {}

  /** One Task for each receiver. The same request of a system, sent again, is answered with the transfer it made. */
  async offer(tenant: Ura, request: OfferRequest, who: VerifiedIdentity): Promise<TransferView> {
    const transfer = randomUUID();
    const made = await inTenant(this.dataSource, tenant, async (transaction) => {
      const earlier = await this.#earlier(transaction, tenant, request, transfer);
      if (earlier !== undefined) return earlier;
      const documents = await storeDocuments(transaction, tenant, transfer, request);
      const now = new Date();
      for (const owner of request.receivers) {
        const task = this.#taskOf(tenant, owner, transfer, request, documents, now);
        await insertTask(transaction, tenant, task);
        await planDelivery(transaction, tenant, {
          task: task.id,
          version: task.version,
          recipient: owner,
          kind: task.kind === 'nursing-handover' ? 'task-changed' : 'pull-notification',
        });
      }
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who,
        patient: toPatientIdentifier(request.bsn),
        custodian: tenant,
        detail: {
          query: `transfer offered to ${request.receivers.join(', ')}`,
          resourceTypes: typesOf(request.listed),
        },
        observer: 'transfer',
      });
      return transfer;
    });
    this.worker.wake();
    return this.show(tenant, made);
  }

  async list(tenant: Ura): Promise<TransferView[]> {
    return inTenant(this.dataSource, tenant, async (transaction) =>
      toViews(transaction, tenant, await listTasks(transaction, tenant, { limit: LIST_LIMIT })),
    );
  }

  /** @throws Failure('not-found') */
  async show(tenant: Ura, transfer: string): Promise<TransferView> {
    const views = await inTenant(this.dataSource, tenant, async (transaction) =>
      toViews(transaction, tenant, await listTasks(transaction, tenant, { transfer, limit: LIST_LIMIT })),
    );
    const [view] = views;
    if (view === undefined) throw new Failure('not-found', 'There is no such transfer');
    return view;
  }

  /** Withdraws what is not over. @throws Failure('invalid') when that is too late for one of its Tasks */
  async cancel(tenant: Ura, transfer: string, reason: string | undefined): Promise<TransferView> {
    return this.#change(tenant, transfer, (tasks, now) =>
      tasks
        .filter(({ status }) => !isOver(status))
        .map((task) =>
          takeStep(
            task,
            { status: 'cancelled', ...(reason === undefined ? {} : { statusReason: { text: reason } }) },
            'sender',
            now,
          ),
        ),
    );
  }

  /** Of several candidates this one; the others are cancelled, and each is told. */
  select(tenant: Ura, transfer: string, task: string): Promise<TransferView> {
    return this.#change(tenant, transfer, (tasks, now) => selectCandidate(tasks, task, now));
  }

  /** The sender's own step in a handover: it begins, or it failed. */
  step(tenant: Ura, transfer: string, task: string, status: 'in-progress' | 'failed'): Promise<TransferView> {
    return this.#change(tenant, transfer, (tasks, now) => {
      const found = tasks.find(({ id }) => id === task);
      if (found === undefined) throw new Failure('not-found', 'There is no such Task');
      return [takeStep(found, { status }, 'sender', now)];
    });
  }

  changes(tenant: Ura, after: number): Promise<TaskChange[]> {
    return inTenant(this.dataSource, tenant, (transaction) =>
      listChangesByOthers(transaction, tenant, after, CHANGES_LIMIT),
    );
  }

  async #change(
    tenant: Ura,
    transfer: string,
    decide: (tasks: readonly StoredTask[], now: Date) => readonly StoredTask[],
  ): Promise<TransferView> {
    await inTenant(this.dataSource, tenant, async (transaction) => {
      const tasks = await lockTransfer(transaction, tenant, transfer);
      if (tasks.length === 0) throw new Failure('not-found', 'There is no such transfer');
      for (const changed of decide(tasks, new Date())) await storeStep(transaction, tenant, changed, tenant);
    });
    this.worker.wake();
    return this.show(tenant, transfer);
  }

  async #earlier(
    transaction: Transaction,
    tenant: Ura,
    { identifier, ...request }: OfferRequest,
    transfer: string,
  ): Promise<string | undefined> {
    if (identifier === undefined) return undefined;
    const patient = this.seal.patientKey(tenant, request.bsn);
    const { bsn: _bsn, validFrom: _from, ...rest } = request;
    const digest = createHash('sha256')
      .update(JSON.stringify({ ...rest, patient }))
      .digest('hex');
    const rows = await transaction.query(
      `INSERT INTO transfer_request (tenant, identifier, digest, transfer) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING transfer`,
      [tenant, identifier, digest, transfer],
    );
    if (rows.length > 0) return undefined;
    const [earlier] = await transaction.query<{ digest: string; transfer: string }>(
      'SELECT digest, transfer FROM transfer_request WHERE tenant = $1 AND identifier = $2',
      [tenant, identifier],
    );
    if (earlier?.digest !== digest)
      throw new Failure('conflict', 'This identifier was used for another transfer before');
    return earlier.transfer;
  }

  #taskOf(
    tenant: Ura,
    owner: Ura,
    transfer: string,
    request: OfferRequest,
    documents: readonly { readonly code: string; readonly reference: string }[],
    now: Date,
  ): StoredTask {
    const id = randomUUID();
    const status = request.inProgress ? 'in-progress' : 'requested';
    const listed = [...request.listed, ...documents.map(({ reference }) => reference)];
    return {
      id,
      transfer,
      kind: request.kind,
      owner,
      status,
      version: 1,
      lastUpdated: now,
      validFrom: request.validFrom,
      validUntil: request.validUntil,
      listed,
      patientKey: this.seal.patientKey(tenant, request.bsn),
      sealedBsn: this.seal.seal(request.bsn, `${tenant}/task/${id}`),
      body: workflowTask({
        id,
        kind: request.kind,
        group: { system: `${canonicalBase}/NamingSystem/transfer`, value: transfer },
        sender: tenant,
        owner,
        status,
        authoredOn: now.toISOString(),
        ...(request.start === undefined ? {} : { start: request.start }),
        end: request.end,
        listed: request.listed,
        documents,
      }),
    };
  }
}

async function storeDocuments(
  transaction: Transaction,
  tenant: Ura,
  transfer: string,
  { documents }: OfferRequest,
): Promise<{ code: string; reference: string }[]> {
  const stored: { code: string; reference: string }[] = [];
  for (const { code, type, id = randomUUID(), resource } of documents) {
    await transaction.query(
      'INSERT INTO document (tenant, transfer, type, id, body) VALUES ($1, $2, $3, $4, $5)',
      [tenant, transfer, type, id, JSON.stringify({ ...resource, id })],
    );
    stored.push({ code, reference: `${type}/${id}` });
  }
  return stored;
}

async function toViews(
  transaction: Transaction,
  tenant: Ura,
  tasks: readonly StoredTask[],
): Promise<TransferView[]> {
  const deliveries = await deliveriesOf(
    transaction,
    tenant,
    tasks.map(({ id }) => id),
  );
  const transfers = new Map<string, StoredTask[]>();
  for (const task of tasks) transfers.set(task.transfer, [...(transfers.get(task.transfer) ?? []), task]);
  return [...transfers].map(([transfer, members]) => ({
    transfer,
    kind: members[0]?.kind ?? '',
    tasks: members
      .toSorted((a, b) => (a.owner < b.owner ? -1 : 1))
      .map((task) =>
        toView(
          task,
          deliveries.filter((delivery) => delivery.task === task.id),
        ),
      ),
  }));
}

function toView(task: StoredTask, deliveries: readonly DeliveryState[]): TransferView['tasks'][number] {
  const { businessStatus, statusReason } = task.body;
  return {
    id: task.id,
    owner: task.owner,
    status: task.status,
    ...(businessStatus?.text === undefined ? {} : { businessStatus: businessStatus.text }),
    ...(statusReason?.text === undefined ? {} : { statusReason: statusReason.text }),
    version: task.version,
    lastUpdated: task.lastUpdated,
    until: task.validUntil,
    listed: task.listed,
    deliveries: deliveries.map(({ task: _task, ...delivery }) => delivery),
  };
}

function typesOf(listed: readonly string[]): string[] {
  return [...new Set(listed.map((text) => text.split(/[/?]/, 1)[0] ?? ''))].sort();
}
