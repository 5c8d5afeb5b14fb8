import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { LOGGER, PollingLoop } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { backoffSeconds } from '../peers/backoff.js';
import { mayPass, PeerClient } from '../peers/peer-client.js';
import { inAllTenants, inTenant } from '../storage/tenant-fence.js';
import { TransferConfiguration } from '../transfer.configuration.js';
import {
  claimItems,
  planRequests,
  postponeItem,
  requestsOfItem,
  settleItem,
  storeFailure,
  storePages,
  type InboxItem,
} from './inbox-table.js';
import { ItemSecrets } from './item-secrets.js';
import { nextPage } from './next-page.js';
import { requestsOf } from './notification.js';
import { SenderTasks } from './sender-tasks.js';

const CLAIM_SECONDS = 300;
const AT_ONCE = 10;
const MOST_PAGES = 100;

/** Reads Tasks that senders tell of, and pulls what receivers ask for. What was pulled stays, whatever comes after. */
@Injectable()
export class PullWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #loop: PollingLoop;

  constructor(
    private readonly dataSource: DataSource,
    private readonly peers: PeerClient,
    private readonly secrets: ItemSecrets,
    private readonly senderTasks: SenderTasks,
    private readonly configuration: TransferConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#loop = new PollingLoop('pulls', configuration.transferPollMilliseconds, logger, () =>
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
      claimItems(transaction, AT_ONCE, CLAIM_SECONDS),
    );
    await Promise.all(due.map((item) => this.#attend(item)));
    return due.length > 0;
  }

  async #attend(item: InboxItem): Promise<void> {
    try {
      const current = item.taskReference === null ? item : await this.senderTasks.refresh(item);
      if (item.pullState === 'waiting') await this.#pull(current);
    } catch (error) {
      await this.#failed(item, error);
    }
  }

  async #pull(item: InboxItem): Promise<void> {
    // A referral has nobody who accepts it step by step: pulling is what is done with it.
    const follows = item.kind === 'pull-notification' && item.taskReference !== null;
    const current = follows ? await this.senderTasks.advance(item, 'in-progress') : item;
    const listed = [current.notification, current.task].flatMap((task) =>
      task === null ? [] : requestsOf(task),
    );
    await this.#in(item, (transaction) => planRequests(transaction, item, [...new Set(listed)]));
    const { authorizationBase } = this.secrets.open(current);
    if (authorizationBase === undefined)
      throw new Failure('invalid', 'The sender gave no authorization base');
    const base = await this.peers.baseOf(item.sender, 'sender');
    const waiting = await this.#in(item, (transaction) => requestsOfItem(transaction, item.tenant, item.id));
    let postponed: Failure | undefined;
    for (const { request, state } of waiting) {
      if (state !== 'waiting') continue;
      // One that does not answer is enough to know that the others have to wait.
      if (postponed !== undefined) break;
      postponed = await this.#fetch(current, base, authorizationBase, request);
    }
    if (postponed !== undefined) throw postponed;
    const requests = await this.#in(item, (transaction) => requestsOfItem(transaction, item.tenant, item.id));
    const failed = requests.filter(({ state }) => state === 'failed').length;
    if (follows && failed === 0) await this.senderTasks.advance(current, 'completed');
    await this.#in(item, (transaction) =>
      settleItem(transaction, item, {
        pullState: failed === 0 ? 'pulled' : 'failed',
        failure: failed === 0 ? undefined : `${failed} of ${requests.length} could not be pulled`,
      }),
    );
  }

  /** @returns why to wait; what is refused for good is kept with its request, and is no reason to */
  async #fetch(
    item: InboxItem,
    base: string,
    authorizationBase: string,
    request: string,
  ): Promise<Failure | undefined> {
    try {
      const pages: string[] = [];
      for (let path: string | undefined = request; path !== undefined;) {
        if (pages.length >= MOST_PAGES)
          throw new Failure('too-large', 'The sender answers with too many pages');
        const { text } = await this.peers.ask(item.tenant, base, { method: 'GET', path, authorizationBase });
        pages.push(text);
        path = nextPage(text, base);
      }
      await this.#in(item, (transaction) => storePages(transaction, item, request, pages));
      return undefined;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('internal', undefined, { cause: error });
      const isFinal = !mayPass(failure);
      await this.#in(item, (transaction) =>
        storeFailure(transaction, item, request, failure.message, isFinal),
      );
      return isFinal ? undefined : failure;
    }
  }

  async #failed(item: InboxItem, error: unknown): Promise<void> {
    const failure = error instanceof Failure ? error.message : 'internal';
    if (!(error instanceof Failure)) this.logger.error({ error }, 'a pull failed');
    const isLast = item.attempts >= this.configuration.transferAttempts;
    const pullState = item.pullState === 'waiting' ? 'failed' : item.pullState;
    await this.#in(item, (transaction) =>
      // Changed between two looks of ours: look again.
      (mayPass(error) || isPrecondition(error)) && !isLast
        ? postponeItem(transaction, item, failure, backoffSeconds(item.attempts, Math.random()))
        : settleItem(transaction, item, { pullState, failure }),
    );
  }

  #in<T>(item: InboxItem, work: Parameters<typeof inTenant<T>>[2]): Promise<T> {
    return inTenant(this.dataSource, item.tenant, work);
  }
}

function isPrecondition(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'precondition-failed';
}
