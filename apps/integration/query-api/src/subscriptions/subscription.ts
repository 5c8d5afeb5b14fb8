import type { ChangedFact, DataCategory, Ura } from '@samenhang/data-model';
import type { Bsn } from '@samenhang/patient-identity';
import type { Channel, PayloadContent } from './read-subscription.js';
import type { Subscriber } from './subscriber.js';
import type { Problem } from './subscription-words.js';

/** As in FHIR R4: requested until its channel proved to work, error while telling fails, off for good. */
export type SubscriptionStatus = 'requested' | 'active' | 'error' | 'off';

/** What is kept sealed: it names the patient and the subscriber, and holds the secret of the endpoint. */
export interface SealedParts {
  readonly bsn: Bsn;
  readonly subscriber: Subscriber;
  readonly categories: readonly DataCategory[];
  readonly channel: Channel;
  readonly content: PayloadContent;
}

export interface Subscription extends SealedParts {
  readonly id: string;
  readonly status: SubscriptionStatus;
  readonly endsAt: Date;
  readonly heartbeatSeconds?: number;
  /** How many events there were; the number of the last one. */
  readonly events: number;
  /** The number of the last one that the subscriber took. */
  readonly told: number;
  readonly attempts: number;
  readonly problem?: Problem;
  readonly failingSince?: Date;
}

/** Something of the patient changed, as one event of the log says; not judged yet. */
export interface Signal {
  readonly id: number;
  readonly subscriptionId: string;
  readonly custodian: Ura;
  readonly facts: readonly SignalledFact[];
  readonly occurredAt: Date;
  readonly attempts: number;
}

/** Without an id when only the category is known, as the reference index has it. */
export type SignalledFact = Omit<ChangedFact, 'id'> & Partial<Pick<ChangedFact, 'id'>>;

/** What a notification says of one change: where the fact is. */
export type Focus =
  | { readonly reference: string }
  | {
      readonly type: string;
      readonly identifier: { readonly system: string; readonly value: string };
    };

export interface SubscriptionEvent {
  readonly number: number;
  readonly occurredAt: Date;
  readonly focus: Focus;
}
