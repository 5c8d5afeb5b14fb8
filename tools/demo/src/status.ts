import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerLag } from '@samenhang/event-log';
import { platformServices, type ServiceName } from '@samenhang/service-kit';
import { urlOf, type Surroundings } from './surroundings.js';

export interface ServiceStatus {
  readonly service: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly lag: readonly ConsumerLag[];
}

export async function readStatus(surroundings: Surroundings, service: ServiceName): Promise<ServiceStatus> {
  const response = await fetch(`${urlOf(surroundings, service)}/status`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${service} answers ${response.status}`);
  return (await response.json()) as ServiceStatus;
}

/** Waits until every service accepts requests. */
export async function awaitReady(surroundings: Surroundings, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (const service of platformServices) {
    while (!(await isReady(surroundings, service))) {
      if (Date.now() > deadline)
        throw new Error(`${service} did not become ready; see its log in ${surroundings.dataDirectory}/log`);
      await delay(100);
    }
  }
}

async function isReady(surroundings: Surroundings, service: ServiceName): Promise<boolean> {
  try {
    return (
      await fetch(`${urlOf(surroundings, service)}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    ).ok;
  } catch {
    return false;
  }
}

/**
 * Waits until nothing is under way: no consumer is behind and nothing waits to be registered, seen twice in a row.
 * @throws Error naming what is still waiting when the time is over
 */
export async function awaitSettled(surroundings: Surroundings, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let previous = '';
  for (;;) {
    const { waiting, figures } = await takeStock(surroundings);
    if (waiting.length === 0 && figures === previous) return;
    previous = waiting.length === 0 ? figures : '';
    if (Date.now() > deadline) throw new Error(`Not settled in time; still waiting: ${waiting.join(', ')}`);
    await delay(150);
  }
}

async function takeStock(surroundings: Surroundings): Promise<{ waiting: string[]; figures: string }> {
  try {
    const statuses = await Promise.all(platformServices.map((service) => readStatus(surroundings, service)));
    const waiting = statuses.flatMap(({ service, counts, lag }) => [
      ...lag.filter((entry) => entry.waiting > 0).map((entry) => `${service} ${entry.type} ${entry.waiting}`),
      ...((counts['pending'] ?? 0) > 0 ? [`${service} pending ${counts['pending']}`] : []),
    ]);
    return { waiting, figures: JSON.stringify(statuses.map(({ counts }) => counts)) };
  } catch (error) {
    return { waiting: [error instanceof Error ? error.message : String(error)], figures: '' };
  }
}
