import { notificationBundle } from './notification.js';
import type { Subscription, SubscriptionEvent } from './subscription.js';
import type { SubscriptionState } from './subscription-store.js';

/** One connection of a subscriber: what it was sent, and what comes next. */
export class LiveSubscription {
  readonly id: string;
  #sent: number;
  #sentAt: number;

  constructor(
    private readonly subscription: Subscription,
    private readonly base: string,
    private readonly now: () => number = Date.now,
  ) {
    this.id = subscription.id;
    // What was there before it says in the handshake by number; the subscriber asks for it.
    this.#sent = subscription.events;
    this.#sentAt = now();
  }

  /** Number of the last event sent. */
  get sent(): number {
    return this.#sent;
  }

  handshake(): string {
    return this.#write(this.subscription, 'handshake', []);
  }

  /** What is to be sent: the events, or that there is nothing when the heartbeat is due. */
  next(state: SubscriptionState, events: readonly SubscriptionEvent[]): string | undefined {
    const subscription = { ...this.subscription, ...state };
    const last = events.at(-1);
    if (last !== undefined) {
      this.#sent = last.number;
      return this.#write(subscription, 'event-notification', events);
    }
    const { heartbeatSeconds } = subscription;
    const isDue = heartbeatSeconds !== undefined && this.now() - this.#sentAt >= heartbeatSeconds * 1_000;
    return isDue ? this.#write(subscription, 'heartbeat', []) : undefined;
  }

  #write(
    subscription: Subscription,
    type: 'handshake' | 'heartbeat' | 'event-notification',
    events: readonly SubscriptionEvent[],
  ): string {
    this.#sentAt = this.now();
    const at = new Date(this.#sentAt);
    return JSON.stringify(notificationBundle({ subscription, type, events, base: this.base, at }));
  }
}
