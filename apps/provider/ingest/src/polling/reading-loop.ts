import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '@samenhang/errors';
import { SourceServerError } from '@samenhang/fhir-server';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Runs rounds of reading at an interval, sooner when asked, later when the source is in trouble. */
export class ReadingLoop {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #wake: AbortController | undefined;
  #debounce: NodeJS.Timeout | undefined;
  #isAsked = false;
  #failures = 0;
  #fault: string | undefined;

  constructor(
    private readonly intervalSeconds: number,
    private readonly readOnce: (stop: AbortSignal) => Promise<void>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Why the last round failed. */
  get fault(): string | undefined {
    return this.#fault;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when the page at hand is stored. */
  async stop(): Promise<void> {
    clearTimeout(this.#debounce);
    this.#stopping.abort();
    this.#wake?.abort();
    await this.#running;
  }

  /** Several requests within the time ask for one round. */
  trigger(withinMs: number): void {
    this.#debounce ??= setTimeout(() => {
      this.#debounce = undefined;
      this.#isAsked = true;
      this.#wake?.abort();
    }, withinMs);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isAsked = false;
      const delay = await this.#readOnce();
      if (this.#isAsked || this.#stopping.signal.aborted) continue;
      this.#wake = new AbortController();
      await wait(delay, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
  }

  /** @returns how long to wait for the next round */
  async #readOnce(): Promise<number> {
    const interval = this.intervalSeconds * 1000;
    try {
      await this.readOnce(this.#stopping.signal);
      this.#failures = 0;
      this.#fault = undefined;
      return interval;
    } catch (error) {
      if (this.#stopping.signal.aborted) return 0;
      this.onFailure(error);
      this.#failures++;
      this.#fault = textOf(error);
      const asked = error instanceof SourceServerError ? error.retryAfterSeconds : undefined;
      if (asked !== undefined) return Math.min(Math.max(asked * 1000, interval), LONGEST_RETRY_AFTER_MS);
      // From a second on: a source that is read once a day does not lose a day to one lost connection.
      return Math.min(FIRST_WAIT_MS * 2 ** Math.min(this.#failures - 1, 16), LONGEST_WAIT_MS);
    }
  }
}

/** Only texts of our own: those of libraries may quote what they read. */
function textOf(error: unknown): string {
  return error instanceof SourceServerError || error instanceof Failure
    ? error.message
    : 'The source could not be read';
}
