import { Failure } from '@samenhang/errors';
import type { DataSource } from 'typeorm';
import { statementByStatement } from '@samenhang/persistence';
import { assertInForce } from './permit.js';
import { findPermit } from './permit-store.js';

/**
 * Ends what runs under a permit as soon as it holds no more: at once where it is withdrawn here, and within the time of a
 * look where another instance, or the clock, ended it.
 */
export class PermitsInUse {
  readonly #running = new Map<string, Set<AbortController>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly watchMs: number,
  ) {}

  /** @throws what `work` throws; Failure('forbidden') when the permit ended meanwhile */
  async during<T>(permitId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const controllers = this.#running.get(permitId) ?? new Set();
    this.#running.set(permitId, controllers.add(controller));
    const watch = setInterval(() => void this.#look(permitId), this.watchMs);
    try {
      const result = await work(controller.signal);
      // What was finished in the moment of withdrawal does not count as done under it.
      await this.#look(permitId);
      controller.signal.throwIfAborted();
      return result;
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearInterval(watch);
      controllers.delete(controller);
      if (controllers.size === 0) this.#running.delete(permitId);
    }
  }

  end(permitId: string, text: string): void {
    for (const controller of this.#running.get(permitId) ?? [])
      controller.abort(new Failure('forbidden', text));
  }

  async #look(permitId: string): Promise<void> {
    try {
      const permit = await findPermit(statementByStatement(this.dataSource), permitId);
      if (permit === undefined) throw new Failure('forbidden', 'There is no such permit');
      assertInForce(permit);
    } catch (error) {
      this.end(
        permitId,
        error instanceof Failure ? error.message : 'Whether the permit holds cannot be known',
      );
    }
  }
}
