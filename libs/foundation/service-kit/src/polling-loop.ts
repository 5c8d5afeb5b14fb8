import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Looks for work until it is closed; finishes the round at hand. A round that fails is logged and comes again. */
export class PollingLoop {
  readonly #stopping = new AbortController();
  #idle = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly pollMs: number,
    private readonly logger: Logger,
    /** @returns whether there was work */
    private readonly round: () => Promise<boolean>,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be work: look for it now. */
  wake(): void {
    this.#idle.abort();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#idle.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#idle = new AbortController();
      const worked = await this.round().catch((error: unknown) => {
        this.logger.error({ error }, `${this.name}: the round failed`);
        return false;
      });
      if (worked || this.#stopping.signal.aborted) continue;
      await delay(this.pollMs, undefined, { signal: this.#idle.signal }).catch(() => {});
    }
  }
}
