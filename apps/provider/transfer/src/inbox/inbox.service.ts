import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { inTenant } from '../storage/tenant-fence.js';
import { findTaskStatus, nextStatuses, type TaskStatus } from '../tasks/task-status.js';
import {
  cancelItem,
  findItem,
  findItemByIdentifier,
  insertItem,
  listItems,
  noteTask,
  pagesOfItem,
  requestsOfItem,
  wantPull,
  type InboxItem,
  type PulledRequest,
} from './inbox-table.js';
import { ItemSecrets } from './item-secrets.js';
import { readPullNotification } from './notification.js';
import { PullWorker } from './pull-worker.js';
import { SenderTasks } from './sender-tasks.js';

/** An item of the inbox as the receiver's own system sees it. */
export interface InboxView {
  readonly id: string;
  readonly sender: string;
  readonly kind: string;
  readonly status: string;
  readonly steps: readonly string[];
  readonly receivedAt: Date;
  readonly until: Date | null;
  readonly pull: string;
  readonly failure: string | null;
  readonly requests?: readonly PulledRequest[];
}

const LIST_LIMIT = 200;

/** What others offer a care provider: taken in once, seen, pulled, and answered. */
@Injectable()
export class InboxService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly secrets: ItemSecrets,
    private readonly senderTasks: SenderTasks,
    private readonly worker: PullWorker,
  ) {}

  /** @throws Failure('forbidden') when somebody notifies in another's name */
  async takeNotification(
    tenant: Ura,
    identity: VerifiedIdentity,
    sent: unknown,
  ): Promise<{ item: InboxItem; isNew: boolean }> {
    const sender = senderOf(identity);
    const notification = readPullNotification(sent, tenant, sender);
    const { identifier, bsn, authorizationBase } = notification;
    const id = randomUUID();
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const inserted = await insertItem(transaction, tenant, {
        id,
        sender,
        identifier,
        kind: 'pull-notification',
        taskReference: notification.taskReference,
        validUntil: notification.validUntil,
        sealed: this.secrets.seal(tenant, id, { bsn, authorizationBase }),
        notification: notification.body,
      });
      const item = inserted ?? (await findItemByIdentifier(transaction, tenant, sender, identifier));
      if (item === undefined) throw new Failure('conflict', 'The notification is being withdrawn');
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who: identity,
        patient: toPatientIdentifier(bsn),
        custodian: tenant,
        detail: { query: inserted === undefined ? 'notification repeated' : 'notification received' },
        observer: 'transfer',
      });
      return { item, isNew: inserted !== undefined };
    });
  }

  /** @throws Failure('not-found') when that sender never sent it */
  async withdraw(
    tenant: Ura,
    identity: VerifiedIdentity,
    identifier: string,
    sent: unknown,
  ): Promise<InboxItem> {
    const { status } = (typeof sent === 'object' && sent !== null ? sent : {}) as { status?: unknown };
    if (status !== 'cancelled')
      throw new Failure('invalid', 'A notification is cancelled, or a new one is sent', {
        issues: [{ text: 'cancelled', expression: 'Task.status' }],
      });
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const item = await findItemByIdentifier(transaction, tenant, senderOf(identity), identifier);
      if (item === undefined) throw new Failure('not-found', 'There is no such notification');
      await cancelItem(transaction, tenant, item.id);
      return { ...item, status: 'cancelled' };
    });
  }

  async noteTask(tenant: Ura, identity: VerifiedIdentity, taskId: string): Promise<void> {
    await inTenant(this.dataSource, tenant, (transaction) =>
      noteTask(transaction, tenant, senderOf(identity), `Task/${taskId}`),
    );
    this.worker.wake();
  }

  list(tenant: Ura): Promise<InboxView[]> {
    return inTenant(this.dataSource, tenant, async (transaction) =>
      (await listItems(transaction, tenant, LIST_LIMIT)).map(toView),
    );
  }

  /** @throws Failure('not-found') */
  show(tenant: Ura, id: string): Promise<InboxView> {
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const item = await findItem(transaction, tenant, id);
      if (item === undefined) throw new Failure('not-found', 'There is no such item');
      return { ...toView(item), requests: await requestsOfItem(transaction, tenant, id) };
    });
  }

  /** Asks for the pull; the worker does it, and again what fails. */
  async pull(tenant: Ura, id: string): Promise<InboxView> {
    const item = await this.#get(tenant, id);
    if (item.status === 'cancelled') throw new Failure('invalid', 'The sender withdrew it');
    await inTenant(this.dataSource, tenant, (transaction) => wantPull(transaction, tenant, id));
    this.worker.wake();
    return this.show(tenant, id);
  }

  /** The next step of the receiver, at the sender. @throws Failure('precondition-failed') when the Task changed there */
  async step(tenant: Ura, id: string, status: TaskStatus, reason: string | undefined): Promise<InboxView> {
    const item = await this.#get(tenant, id);
    await this.senderTasks.step(item, status, reason);
    return this.show(tenant, id);
  }

  /** What was pulled, as it came: the text of a JSON object. Who looks is recorded. */
  async resources(tenant: Ura, id: string, who: VerifiedIdentity): Promise<string> {
    const item = await this.#get(tenant, id);
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const pulled = await pagesOfItem(transaction, tenant, id);
      const { bsn } = this.secrets.open(item);
      await recordAccess(this.eventLog, transaction, {
        activity: 'read',
        outcome: 'success',
        who,
        ...(bsn === undefined ? {} : { patient: toPatientIdentifier(bsn) }),
        custodian: item.sender,
        detail: { query: 'pulled by notification' },
        observer: 'transfer',
      });
      const requests = pulled.map(
        ({ request, pages }) => `{"request":${JSON.stringify(request)},"answers":[${pages.join(',')}]}`,
      );
      return `{"requests":[${requests.join(',')}]}`;
    });
  }

  async #get(tenant: Ura, id: string): Promise<InboxItem> {
    const item = await inTenant(this.dataSource, tenant, (transaction) => findItem(transaction, tenant, id));
    if (item === undefined) throw new Failure('not-found', 'There is no such item');
    return item;
  }
}

function senderOf({ organisation }: VerifiedIdentity): Ura {
  if (organisation === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
  return organisation.ura;
}

function toView(item: InboxItem): InboxView {
  const status = findTaskStatus(item.status);
  const hasTask = item.task !== null;
  return {
    id: item.id,
    sender: item.sender,
    kind: item.kind,
    status: item.status,
    steps: status === undefined || !hasTask ? [] : nextStatuses(status, 'receiver'),
    receivedAt: item.receivedAt,
    until: item.validUntil,
    pull: item.pullState,
    failure: item.lastFailure,
  };
}
