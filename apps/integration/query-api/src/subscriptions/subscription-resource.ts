import type { Subscription } from './subscription.js';
import { backportUrls, patientDataTopic, problems } from './subscription-words.js';

/** A subscription as its owner sees it: without the filter, which names the patient, and the headers, which are secret. */
export function subscriptionResource(subscription: Subscription): object {
  const { id, status, endsAt, channel, content, heartbeatSeconds, problem } = subscription;
  const heartbeat =
    heartbeatSeconds === undefined
      ? {}
      : { extension: [{ url: backportUrls.heartbeat, valueUnsignedInt: heartbeatSeconds }] };
  return {
    resourceType: 'Subscription',
    id,
    meta: { profile: [backportUrls.subscription] },
    status,
    end: endsAt.toISOString(),
    reason: 'New data of a patient',
    criteria: patientDataTopic,
    ...(problem === undefined ? {} : { error: problems[problem] }),
    channel: {
      ...heartbeat,
      type: channel.type,
      ...(channel.type === 'rest-hook' ? { endpoint: channel.endpoint } : {}),
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: backportUrls.payload, valueCode: content }] },
    },
  };
}
