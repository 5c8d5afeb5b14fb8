import { Failure } from '@samenhang/errors';
import { discardBody, type MitzClientOptions, type MitzResponse } from './mitz-client.js';
import { subscriptionPath, writeSubscription, type MitzSubscription } from './subscription.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks the register to tell of changes; asking again is allowed.
 * @throws Failure: `unavailable` when it cannot be reached or does not answer, `upstream` when it does not want to
 */
export async function subscribeAtMitz(
  { baseUrl, send, timeoutMs = TIMEOUT_MS }: MitzClientOptions,
  subscription: MitzSubscription,
): Promise<void> {
  const address = `${baseUrl.replace(/\/+$/, '')}${subscriptionPath}`;
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' },
    body: JSON.stringify(writeSubscription(subscription)),
    signal: AbortSignal.timeout(timeoutMs),
  } as const;
  let response: MitzResponse;
  try {
    response = await send(address, request, subscription.holder);
  } catch (cause) {
    throw new Failure('unavailable', 'The consent register cannot be reached', { cause });
  }
  await discardBody(response);
  // 201: it is there; 202: it will be.
  if (response.status === 201 || response.status === 202) return;
  throw new Failure('upstream', `The consent register answered with status ${response.status}`);
}
