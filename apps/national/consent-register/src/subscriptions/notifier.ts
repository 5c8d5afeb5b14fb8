import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { writeNotification } from '@samenhang/mitz';
import { statementByStatement } from '@samenhang/persistence';
import { guardedAgent, LOGGER, PollingLoop, ServerPolicy } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { request, type Agent } from 'undici';
import { PresentState } from './present-state.js';
import { SubscriptionStore, type DueSubscription } from './subscription-store.js';

const POLL_MS = 250;
const BATCH = 20;
const TIMEOUT_MS = 10_000;
const LONGEST_PAUSE_SECONDS = 900;

/** Tells subscribers what holds, until they have taken it: each its own pace, nobody waits for another's outage. */
@Injectable()
export class Notifier implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #agent: Agent;
  readonly #loop: PollingLoop;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly state: PresentState,
    @Inject(ServerPolicy) policy: ServerPolicy,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#agent = guardedAgent(policy, TIMEOUT_MS);
    this.#loop = new PollingLoop('notifications', POLL_MS, logger, () => this.#round());
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#loop.close();
    await this.#agent.destroy();
  }

  async #round(): Promise<boolean> {
    const due = await this.subscriptions.claim(statementByStatement(this.dataSource), BATCH);
    await Promise.all(due.map((subscription) => this.#tell(subscription)));
    return due.length > 0;
  }

  async #tell(subscription: DueSubscription): Promise<void> {
    const transaction = statementByStatement(this.dataSource);
    const status = await this.state.of(transaction, subscription.patientKey, subscription);
    const { patient, holder, attempts } = subscription;
    const body = JSON.stringify(writeNotification({ patient, holder, status, at: new Date() }));
    if (await this.#deliver(subscription, body)) return this.subscriptions.settle(transaction, subscription);
    const pause = Math.min(LONGEST_PAUSE_SECONDS, 2 ** Math.min(attempts, 12));
    await this.subscriptions.retryIn(transaction, subscription, pause);
  }

  async #deliver({ id, endpoint, header }: DueSubscription, body: string): Promise<boolean> {
    try {
      const { statusCode, body: answer } = await request(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', ...toHeaders(header) },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.dump();
      if (statusCode < 300) return true;
      this.logger.warn({ subscription: id, statusCode }, 'a subscriber did not take a notification');
    } catch {
      this.logger.warn({ subscription: id }, 'a subscriber was not reached');
    }
    return false;
  }
}

function toHeaders(line: string | undefined): Record<string, string> {
  const [name = '', ...value] = line?.split(': ') ?? [];
  return name === '' ? {} : { [name]: value.join(': ') };
}
