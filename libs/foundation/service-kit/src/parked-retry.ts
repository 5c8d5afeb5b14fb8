import { setTimeout as wait } from 'node:timers/promises';
import { describeFault, type EventLog } from '@samenhang/event-log';
import type { Logger } from 'pino';

const EVERY_MS = 10 * 60 * 1_000;
/** A round must end: what is left is tried in the next. */
const KEYS_A_ROUND = 1_000;

/**
 * Tries parked events again: when the service starts, as a repair comes with a start, and every ten minutes. Each key from its
 * head, up to the first event that fails again, so that its order is kept.
 */
export class ParkedRetry {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly eventLog: EventLog,
    private readonly group: string,
    private readonly logger: Logger,
  ) {
    this.#running = this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#retry(signal);
      } catch (error) {
        this.logger.warn({ fault: describeFault(error) }, 'parked events could not be tried again');
      }
      await wait(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #retry(signal: AbortSignal): Promise<void> {
    const parked = await this.eventLog.listParked(this.group);
    const keys = [...new Set(parked.map(({ key }) => key))].slice(0, KEYS_A_ROUND);
    for (const key of keys) {
      if (signal.aborted) return;
      const handled = await this.eventLog.resume(this.group, key);
      if (handled > 0) this.logger.info({ handled }, 'parked events handled');
    }
  }
}
