import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { EventLog } from '@samenhang/event-log';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { inTransaction, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, PollingLoop, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { EventStore } from './event-store.js';
import { SignalJudge } from './judge-signal.js';
import { notificationBundle, type NotificationType } from './notification.js';
import { RestHook } from './rest-hook.js';
import { afterFailure } from './retry-plan.js';
import { toIdentity } from './subscriber.js';
import type { Focus, Signal, Subscription } from './subscription.js';
import { SubscriptionStore } from './subscription-store.js';

const POLL_MS = 250;
const BATCH = 20;
const EVENTS_PER_NOTIFICATION = 100;
const FORGET_MS = 60_000;

/** Judges what changed, and tells rest-hooks of it until they took it. Each subscriber goes at its own pace. */
@Injectable()
export class Notifier implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #loops: readonly PollingLoop[];
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly events: EventStore,
    private readonly judge: SignalJudge,
    private readonly hook: RestHook,
    private readonly environment: ServiceEnvironment,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#loops = [
      new PollingLoop('signals of subscriptions', POLL_MS, logger, () => this.#judgeSignals()),
      new PollingLoop('rest-hooks', POLL_MS, logger, () => this.#tellHooks()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.#loops) loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops.map((loop) => loop.close()));
  }

  async #judgeSignals(): Promise<boolean> {
    const signals = await this.events.claimSignals(this.#statements(), BATCH);
    // One after the other of a subscription, so that its events are numbered as they happened.
    const bySubscription = Map.groupBy(signals, ({ subscriptionId }) => subscriptionId);
    await Promise.all(
      [...bySubscription.values()].map(async (own) => {
        for (const signal of own) await this.#judge(signal);
      }),
    );
    return signals.length > 0;
  }

  async #judge(signal: Signal): Promise<void> {
    const subscription = await this.subscriptions.find(this.#statements(), signal.subscriptionId);
    if (subscription === undefined) return;
    const verdict = await this.judge.judge(signal, subscription);
    if (verdict.outcome === 'later')
      return this.events.judgeLater(this.#statements(), signal, Math.min(60, 2 ** signal.attempts));
    await inTransaction(this.dataSource, async (transaction) => {
      const focuses = verdict.outcome === 'tell' ? verdict.focuses : [];
      const isTold = await this.events.take(transaction, signal, focuses);
      if (isTold) await this.#record(transaction, { signal, subscription, focuses });
      if (verdict.outcome === 'not-allowed')
        await this.subscriptions.fail(transaction, subscription.id, {
          status: 'off',
          problem: 'not-allowed',
          seconds: 0,
        });
    });
  }

  /** That somebody is told of a fact is an access, recorded before it is told. */
  #record(
    transaction: Parameters<typeof recordAccess>[1],
    told: { signal: Signal; subscription: Subscription; focuses: readonly Focus[] },
  ): Promise<void> {
    const { organisation } = told.subscription.subscriber;
    return recordAccess(this.eventLog, transaction, {
      activity: 'query',
      outcome: 'success',
      who: toIdentity(told.subscription.subscriber),
      patient: toPatientIdentifier(told.subscription.bsn),
      ...(organisation === undefined ? {} : { custodian: organisation.ura }),
      detail: {
        query: `Subscription/${told.subscription.id} notification`,
        resourceTypes: [...new Set(told.signal.facts.map(({ resourceType }) => resourceType))],
      },
      observer: 'query-api',
    });
  }

  async #tellHooks(): Promise<boolean> {
    if (performance.now() - this.#forgotAt > FORGET_MS) {
      await this.subscriptions.forgetEnded(this.#statements());
      this.#forgotAt = performance.now();
    }
    const due = await this.subscriptions.claimDue(this.#statements(), BATCH);
    await Promise.all(due.map((subscription) => this.#tell(subscription)));
    return due.length > 0;
  }

  async #tell(subscription: Subscription): Promise<void> {
    const { id, told, channel } = subscription;
    if (channel.type !== 'rest-hook') return;
    const type = typeOf(subscription);
    const events =
      type === 'event-notification'
        ? await this.events.eventsOf(this.#statements(), id, {
            from: told + 1,
            until: subscription.events,
            limit: EVENTS_PER_NOTIFICATION,
          })
        : [];
    const at = new Date();
    const base = `${this.environment.publicUrl}/fhir`;
    const shown = type === 'handshake' ? subscription : { ...subscription, status: 'active' as const };
    const bundle = notificationBundle({ subscription: shown, type, events, base, at });
    const problem = await this.hook.send(channel, JSON.stringify(bundle));
    if (problem === undefined)
      return this.subscriptions.settle(this.#statements(), id, events.at(-1)?.number ?? told);
    // The service is going down: what was not taken is told when it is back.
    if (this.#stopping.signal.aborted) return;
    this.logger.warn({ subscription: id, problem }, 'a subscriber was not told');
    await this.subscriptions.fail(this.#statements(), id, { ...afterFailure(subscription, at), problem });
  }

  #statements(): ReturnType<typeof statementByStatement> {
    return statementByStatement(this.dataSource);
  }
}

function typeOf({ status, told, events }: Subscription): NotificationType {
  if (status === 'requested') return 'handshake';
  return told < events ? 'event-notification' : 'heartbeat';
}
