import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { LOGGER, PollingLoop } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { backoffSeconds } from '../peers/backoff.js';
import { mayPass, PeerClient } from '../peers/peer-client.js';
import { inAllTenants, inTenant } from '../storage/tenant-fence.js';
import { TransferSeal } from '../storage/transfer-seal.js';
import { storeStep, takeStep } from '../tasks/change-task.js';
import { nextStatuses } from '../tasks/task-status.js';
import { findTask, openTasksOf, ownersOfOpenTasks, type StoredTask } from '../tasks/task-table.js';
import { withPatient } from '../tasks/task.js';
import { TransferConfiguration } from '../transfer.configuration.js';
import { claimDeliveries, settleDelivery, type DueDelivery } from './delivery-table.js';
import { cancelledNotification, pullNotificationOf } from './notification-task.js';

const CLAIM_SECONDS = 120;
const AT_ONCE = 20;

/**
 * Tells receivers what is to be told: a delivery stands in the database with the change it is about, so that a process
 * that dies leaves nothing untold; told twice, a receiver sees one.
 */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #loop: PollingLoop;
  #checkedAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly peers: PeerClient,
    private readonly seal: TransferSeal,
    private readonly configuration: TransferConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#loop = new PollingLoop('deliveries', configuration.transferPollMilliseconds, logger, () =>
      this.#round(),
    );
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.close();
  }

  wake(): void {
    this.#loop.wake();
  }

  async #round(): Promise<boolean> {
    const due = await inAllTenants(this.dataSource, (transaction) =>
      claimDeliveries(transaction, AT_ONCE, CLAIM_SECONDS),
    );
    await Promise.all(due.map((delivery) => this.#deliver(delivery)));
    await this.#checkReceivers();
    return due.length > 0;
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { tenant, recipient, attempts } = delivery;
    try {
      const task = await inTenant(this.dataSource, tenant, (transaction) =>
        findTask(transaction, tenant, delivery.task),
      );
      if (task === undefined) throw new Failure('not-found', 'The Task is gone');
      const base = await this.peers.baseOf(recipient, 'receiver');
      await this.#send(delivery, task, base);
      await this.#settle(delivery, {});
    } catch (error) {
      const failure = error instanceof Failure ? error.message : 'internal';
      const isLast = attempts >= this.configuration.transferAttempts;
      if (mayPass(error) && !isLast)
        return this.#settle(delivery, { failure, retrySeconds: backoffSeconds(attempts, Math.random()) });
      this.logger.warn({ tenant, recipient, kind: delivery.kind, failure }, 'a notification is given up');
      await this.#giveUp(delivery, failure);
    }
  }

  async #send(delivery: DueDelivery, task: StoredTask, base: string): Promise<void> {
    const { tenant, kind } = delivery;
    // eOverdracht: an empty message that says which Task to look at (Nictiz eOverdracht 4.0).
    if (kind === 'task-changed') {
      await this.peers.ask(tenant, base, { method: 'POST', path: task.id });
      return;
    }
    const cancelled = cancelledNotification(tenant, task);
    if (kind === 'pull-cancelled') {
      const { system = '', value = '' } = cancelled.identifier?.[0] ?? {};
      const path = `Task?identifier=${encodeURIComponent(`${system}|${value}`)}`;
      await this.peers.ask(tenant, base, { method: 'PUT', path, body: JSON.stringify(cancelled) });
      return;
    }
    const bsn = this.seal.openBsn(task.sealedBsn, `${tenant}/task/${task.id}`);
    const notification = pullNotificationOf(tenant, task, this.seal.authorizationBase(tenant, task.id));
    const body = JSON.stringify(withPatient(notification, bsn));
    await this.peers.ask(tenant, base, { method: 'POST', path: 'Task', body });
  }

  #settle(delivery: DueDelivery, outcome: Parameters<typeof settleDelivery>[2]): Promise<void> {
    return inTenant(this.dataSource, delivery.tenant, (transaction) =>
      settleDelivery(transaction, delivery, outcome),
    );
  }

  /** A receiver that was never told of an offer will not pull it: the Task says so, instead of waiting for ever. */
  async #giveUp(delivery: DueDelivery, failure: string): Promise<void> {
    const { tenant } = delivery;
    await inTenant(this.dataSource, tenant, async (transaction) => {
      await settleDelivery(transaction, delivery, { failure });
      if (delivery.version === 1) await failTask(transaction, tenant, delivery.task, failure);
    });
  }

  /** A care provider that is no longer in the address book has stopped, or has no place for transfers any more. */
  async #checkReceivers(): Promise<void> {
    const now = performance.now();
    if (now - this.#checkedAt < this.configuration.transferCheckSeconds * 1_000 && this.#checkedAt > 0)
      return;
    this.#checkedAt = now;
    const owners = await inAllTenants(this.dataSource, (transaction) => ownersOfOpenTasks(transaction));
    for (const owner of owners) await this.checkReceiver(owner);
  }

  /** Fails what is open for a receiver that is not addressable; an address book that cannot be asked changes nothing. */
  async checkReceiver(owner: Ura): Promise<void> {
    const gone = await this.peers.baseOf(owner, 'receiver').then(
      () => false,
      (error: unknown) => error instanceof Failure && error.kind === 'not-found',
    );
    if (!gone) return;
    const open = await inAllTenants(this.dataSource, (transaction) => openTasksOf(transaction, owner));
    for (const { tenant, id } of open)
      await inTenant(this.dataSource, tenant, (transaction) =>
        failTask(transaction, tenant, id, 'The care provider is not addressable any more'),
      );
  }
}

async function failTask(
  transaction: Parameters<Parameters<typeof inTenant>[2]>[0],
  tenant: Ura,
  id: string,
  reason: string,
): Promise<void> {
  const task = await findTask(transaction, tenant, id, true);
  if (task === undefined || !nextStatuses(task.status, 'sender').includes('failed')) return;
  const failed = takeStep(task, { status: 'failed', statusReason: { text: reason } }, 'sender', new Date());
  await storeStep(transaction, tenant, failed, tenant);
}
