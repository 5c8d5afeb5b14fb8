import { createHash } from 'node:crypto';
import { recordAccess, type AccessOutcome } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { PATIENT_REQUEST, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn, type ChangeHandles } from '@samenhang/patient-identity';
import { inTransaction, statementByStatement } from '@samenhang/persistence';
import type { ServerPolicy } from '@samenhang/service-kit';
import type { DataSource } from 'typeorm';
import { ownerOf } from '../pages/result-pages.js';
import type { EventStore } from './event-store.js';
import type { SignalJudge } from './judge-signal.js';
import type { RequestedSubscription } from './read-subscription.js';
import { toSubscriber } from './subscriber.js';
import type { Subscription, SubscriptionEvent } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';

export interface SubscriptionLimits {
  /** A subscription ends after so many days at the latest. */
  readonly maximumDays: number;
  /** Of one subscriber at a time. */
  readonly maximumPerOwner: number;
}

export interface SubscriptionDependencies {
  readonly dataSource: DataSource;
  readonly subscriptions: SubscriptionStore;
  readonly events: EventStore;
  readonly judge: Pick<SignalJudge, 'isAllowed' | 'seenBy'>;
  readonly policy: ServerPolicy;
  readonly handles: () => ChangeHandles;
  /** What the reference index calls the patient in its events, where it tells this asker. */
  readonly indexHandleOf: (question: { bsn: Bsn; identity: VerifiedIdentity }) => Promise<string | undefined>;
  readonly eventLog: EventLog;
  readonly limits: SubscriptionLimits;
}

/** How many events one catch-up gives. */
const EVENTS_PER_ANSWER = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Subscriptions to changes of a patient: made by who may ask for the view, seen and ended by the same. */
export class SubscriptionService {
  constructor(private readonly dependencies: SubscriptionDependencies) {}

  /** @throws Failure('forbidden') when policy or index do not let this asker ask for the patient */
  async create(
    identity: VerifiedIdentity,
    traceparent: string,
    requested: RequestedSubscription,
  ): Promise<Subscription> {
    const { dataSource, subscriptions, handles, indexHandleOf, limits } = this.dependencies;
    const { bsn, channel, content, end, heartbeatSeconds } = requested;
    // Changes are found by way of the index, which answers professionals; a citizen's token reaches the care providers of its leave.
    if (identity.purposeOfUse === PATIENT_REQUEST)
      throw new Failure('forbidden', 'Subscriptions are for professionals who treat the patient');
    this.#assertEndpoint(requested);
    await this.#authorise(identity, traceparent, requested);
    const seen = this.dependencies.judge.seenBy(identity);
    const categories = requested.categories.filter((category) => seen.has(category));
    if (categories.length === 0) {
      await this.#record({ identity, traceparent, bsn, outcome: 'denied' });
      throw new Failure('forbidden', 'This role may not see this category of data');
    }
    // Asks the index too whether this asker may know where data of the patient is.
    const indexHandle = await indexHandleOf({ bsn, identity });
    const latest = Date.now() + limits.maximumDays * DAY_MS;
    const owner = ownerKey(identity);
    const id = await inTransaction(dataSource, async (transaction) => {
      if ((await subscriptions.countOf(transaction, owner)) >= limits.maximumPerOwner)
        throw new Failure('too-many', 'This subscriber has as many subscriptions as it may have');
      await this.#record({ identity, traceparent, bsn, outcome: 'success' }, transaction);
      return subscriptions.add(transaction, {
        bsn,
        subscriber: toSubscriber(identity),
        categories,
        channel,
        content,
        owner,
        changeHandle: handles().handleOf(bsn),
        ...(indexHandle === undefined ? {} : { indexHandle }),
        endsAt: new Date(Math.min(end?.getTime() ?? latest, latest)),
        ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
      });
    });
    return this.find(identity, id);
  }

  /** @throws Failure('not-found') also for somebody else's: whether it is there is not told */
  async find(identity: VerifiedIdentity, id: string): Promise<Subscription> {
    const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    const found = isId
      ? await this.dependencies.subscriptions.find(this.#statements(), id, ownerKey(identity))
      : undefined;
    if (found === undefined) throw new Failure('not-found', 'There is no such subscription');
    return found;
  }

  async end(identity: VerifiedIdentity, id: string): Promise<void> {
    const { subscriptions } = this.dependencies;
    await subscriptions.remove(this.#statements(), (await this.find(identity, id)).id);
  }

  /** Events that were told or are still to be told, for who missed some. Decided anew: it may be forbidden by now. */
  async catchUp(
    identity: VerifiedIdentity,
    id: string,
    range: { readonly from?: number; readonly until?: number },
  ): Promise<{ subscription: Subscription; events: readonly SubscriptionEvent[] }> {
    const subscription = await this.find(identity, id);
    this.#assertAllowed(identity, subscription.bsn);
    const events = await this.dependencies.events.eventsOf(this.#statements(), id, {
      from: range.from ?? 1,
      until: range.until ?? subscription.events,
      limit: EVENTS_PER_ANSWER,
    });
    return { subscription, events };
  }

  async bind(identity: VerifiedIdentity, id: string): Promise<{ token: string; expiresAt: Date }> {
    const { channel, bsn, status } = await this.find(identity, id);
    if (channel.type !== 'websocket' || status === 'off')
      throw new Failure('conflict', 'This subscription is not told over a websocket');
    this.#assertAllowed(identity, bsn);
    return this.dependencies.events.addBinding(this.#statements(), id);
  }

  #assertEndpoint({ channel }: RequestedSubscription): void {
    if (channel.type !== 'rest-hook') return;
    const refusal = this.dependencies.policy.findRefusal(channel.endpoint);
    if (refusal === undefined) return;
    const text = `The endpoint ${refusal}`;
    throw new Failure('invalid', text, {
      issues: [{ text, expression: 'Subscription.channel.endpoint' }],
    });
  }

  async #authorise(
    identity: VerifiedIdentity,
    traceparent: string,
    { bsn }: RequestedSubscription,
  ): Promise<void> {
    try {
      this.#assertAllowed(identity, bsn);
    } catch (failure) {
      await this.#record({ identity, traceparent, bsn, outcome: 'denied' });
      throw failure;
    }
  }

  #assertAllowed(identity: VerifiedIdentity, bsn: Bsn): void {
    // An emergency is about now: it gives no right to what comes later.
    if (identity.emergency === undefined && this.dependencies.judge.isAllowed(identity, { bsn })) return;
    throw new Failure('forbidden', 'The policy does not allow this subscription');
  }

  #record(
    entry: {
      readonly identity: VerifiedIdentity;
      readonly traceparent: string;
      readonly bsn: Bsn;
      readonly outcome: AccessOutcome;
    },
    transaction?: Transaction,
  ): Promise<void> {
    const { organisation } = entry.identity;
    const record = (within: Transaction): Promise<void> =>
      recordAccess(this.dependencies.eventLog, within, {
        activity: 'query',
        outcome: entry.outcome,
        who: entry.identity,
        patient: toPatientIdentifier(entry.bsn),
        traceparent: entry.traceparent,
        ...(organisation === undefined ? {} : { custodian: organisation.ura }),
        detail: { query: 'Subscription' },
        observer: 'query-api',
      });
    return transaction === undefined
      ? inTransaction(this.dependencies.dataSource, record)
      : record(transaction);
  }

  #statements(): ReturnType<typeof statementByStatement> {
    return statementByStatement(this.dependencies.dataSource);
  }
}

/** As the database knows an owner: it names nobody. */
function ownerKey(identity: VerifiedIdentity): string {
  return createHash('sha256').update(ownerOf(identity)).digest('base64url');
}
