import { isObject, type JsonObject } from '@samenhang/fhir-server';

export type NotificationKind = 'handshake' | 'heartbeat' | 'event';

/**
 * What a notification is for. R4 Subscriptions (rest-hook) send nothing or the resource; those of the R5 backport send a
 * Bundle that begins with a SubscriptionStatus, in R4 as Parameters (Subscriptions R5 Backport IG 1.1, notifications).
 */
export function notificationKind(body: unknown): NotificationKind {
  const status = findStatus(body);
  const type = status === undefined ? undefined : typeOf(status);
  if (type === 'handshake' || type === 'heartbeat') return type;
  // Anything else may be news: to read once too often does no harm.
  return 'event';
}

function findStatus(body: unknown): JsonObject | undefined {
  if (!isObject(body) || body['resourceType'] !== 'Bundle') return undefined;
  const [first] = Array.isArray(body['entry']) ? (body['entry'] as unknown[]) : [];
  const resource = isObject(first) ? first['resource'] : undefined;
  return isObject(resource) ? resource : undefined;
}

function typeOf(status: JsonObject): unknown {
  if (status['resourceType'] === 'SubscriptionStatus') return status['type'];
  const parameters = Array.isArray(status['parameter']) ? (status['parameter'] as unknown[]) : [];
  return parameters.filter(isObject).find(({ name }) => name === 'type')?.['valueCode'];
}
