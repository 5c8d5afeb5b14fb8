import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { PendingStore } from './pending-store.js';

const LOCK = 'registrar worker';

/**
 * Lets one instance work at a time, others stand by. The lock belongs to a database session: when its holder dies,
 * however suddenly, the next one has it at once, and takes over what the dead one had claimed without waiting.
 */
@Injectable()
export class SoleWorker {
  #session: QueryRunner | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly pending: PendingStore,
  ) {}

  /** Whether this instance may work now. */
  async isActive(): Promise<boolean> {
    if (await this.#stillHolds()) return true;
    const session = this.dataSource.createQueryRunner();
    try {
      const [row] = (await session.query('SELECT pg_try_advisory_lock(hashtext($1)) AS locked', [LOCK])) as [
        { locked: boolean },
      ];
      if (!row.locked) {
        await session.release();
        return false;
      }
      this.#session = session;
      await this.pending.takeOver();
      return true;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined || session.isReleased) return;
    await session.query('SELECT pg_advisory_unlock(hashtext($1))', [LOCK]).catch(() => undefined);
    await session.release();
  }

  async #stillHolds(): Promise<boolean> {
    if (this.#session === undefined) return false;
    try {
      await this.#session.query('SELECT 1');
      return true;
    } catch {
      // The session is gone, and the lock with it.
      await this.#session.release().catch(() => undefined);
      this.#session = undefined;
      return false;
    }
  }
}
