import { stableUuid } from '../patient-view/stable-uuid.js';
import type { Focus, Subscription, SubscriptionEvent } from './subscription.js';
import { backportUrls, patientDataTopic, problems } from './subscription-words.js';

export type NotificationType =
  'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

export interface NotificationParts {
  readonly subscription: Subscription;
  readonly type: NotificationType;
  readonly events: readonly SubscriptionEvent[];
  /** Base of this FHIR API. */
  readonly base: string;
  readonly at: Date;
}

interface Parameter {
  readonly name: string;
  readonly [value: string]: unknown;
}

/** A notification: what happened since, by number, and where; nothing of what it says and nobody's number. */
export function notificationBundle(parts: NotificationParts): object {
  const { subscription, base, at, events } = parts;
  const url = `${base}/Subscription/${subscription.id}/$status`;
  const addresses = subscription.content === 'empty' ? [] : events.flatMap(({ focus }) => addressOf(focus));
  return {
    resourceType: 'Bundle',
    meta: { profile: [backportUrls.notification] },
    type: 'history',
    timestamp: at.toISOString(),
    entry: [
      {
        fullUrl: `urn:uuid:${uuidOf(subscription.id)}`,
        resource: statusParameters(parts),
        request: { method: 'GET', url },
        response: { status: '200' },
      },
      ...[...new Set(addresses)].map((fullUrl) => ({
        fullUrl,
        request: { method: 'GET', url: fullUrl },
        response: { status: '200' },
      })),
    ],
  };
}

/** `SubscriptionStatus`, which R4 writes as Parameters. */
export function statusParameters({ subscription, type, events, base }: NotificationParts): object {
  const { id, status, content, problem } = subscription;
  return {
    resourceType: 'Parameters',
    id: uuidOf(id),
    meta: { profile: [backportUrls.status] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${id}` } },
      { name: 'topic', valueCanonical: patientDataTopic },
      { name: 'status', valueCode: status },
      { name: 'type', valueCode: type },
      { name: 'events-since-subscription-start', valueString: String(subscription.events) },
      ...events.map((event): Parameter => ({ name: 'notification-event', part: partsOf(event, content) })),
      ...(problem === undefined
        ? []
        : [
            { name: 'error', valueCodeableConcept: { coding: [{ code: problem }], text: problems[problem] } },
          ]),
    ],
  };
}

function partsOf(
  { number, occurredAt, focus }: SubscriptionEvent,
  content: Subscription['content'],
): Parameter[] {
  return [
    { name: 'event-number', valueString: String(number) },
    { name: 'timestamp', valueInstant: occurredAt.toISOString() },
    ...(content === 'empty' ? [] : [{ name: 'focus', valueReference: focus }]),
  ];
}

function addressOf(focus: Focus): string[] {
  return 'reference' in focus ? [focus.reference] : [];
}

/** The status of a subscription is one thing, in each of its states. */
function uuidOf(id: string): string {
  return stableUuid(`status ${id}`);
}
