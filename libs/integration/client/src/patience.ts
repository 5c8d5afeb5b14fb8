import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '@samenhang/errors';

const ATTEMPTS = 3;

/**
 * Asks again what was not done because the service is too busy, after as long as it says (503 with `Retry-After`); no longer than
 * the caller waits. Whatever else goes wrong is told at once.
 */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      const seconds =
        cause instanceof Failure && cause.kind === 'unavailable' ? cause.retryAfterSeconds : undefined;
      if (seconds === undefined || attempt >= ATTEMPTS) throw cause;
      // Who does not want to wait so long hears why there is no answer, not that they stopped waiting.
      await delay(seconds * 1_000, undefined, { signal }).catch(() => {
        throw cause;
      });
    }
  }
}
