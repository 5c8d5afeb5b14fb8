import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerLag, EventLog } from '../port.js';

export async function eventually<T>(
  read: () => Promise<T>,
  isRight: (value: T) => boolean,
  milliseconds = 25_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > deadline)
      throw new Error(
        `Still not so after ${milliseconds} ms; last seen: ${JSON.stringify(value).slice(0, 2_000)}`,
      );
    await delay(20);
  }
}

/** Waits until every consumer of the log has dealt with everything published so far. */
export function caughtUp(log: EventLog): Promise<ConsumerLag[]> {
  return eventually(
    () => log.lag(),
    (lags) => lags.every((lag) => lag.waiting === 0),
  );
}
