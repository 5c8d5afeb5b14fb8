import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 250;

/** Waits until a check holds; when the time is over, fails as the check last failed. */
export async function eventually(check: () => Promise<void>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}
