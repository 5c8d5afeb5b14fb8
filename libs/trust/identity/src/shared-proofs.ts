import { hash } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import { GroupCommit, statementByStatement } from '@samenhang/persistence';
import type { DataSource } from 'typeorm';
import { PROOF_WINDOW_SECONDS, ProcessProofs, type UsedProofs } from './used-proofs.js';

const CLEANING_INTERVAL_MS = 30_000;
/** Clocks of instances and of the database may differ by so much. */
const MARGIN_SECONDS = 30;
const KEPT_SECONDS = PROOF_WINDOW_SECONDS.past + PROOF_WINDOW_SECONDS.future + MARGIN_SECONDS;

/**
 * Those that any instance of a service saw, in the database of the service. One statement decides: two uses of one proof,
 * wherever they arrive, cannot both insert its row. Proofs that arrive together share a statement; what cannot be asked
 * is not admitted. The table grows with the rate of requests and is emptied of what is too old to be accepted anyway; it
 * is not logged, since nothing in it is worth more than a minute and a half.
 */
export class SharedProofs implements UsedProofs {
  readonly #own = new ProcessProofs();
  readonly #group: GroupCommit<Buffer, boolean>;
  readonly #cleaning: NodeJS.Timeout;

  readonly #database: ReturnType<typeof statementByStatement>;

  private constructor(dataSource: DataSource) {
    this.#database = statementByStatement(dataSource);
    this.#group = new GroupCommit((names) => this.#insert(names));
    this.#cleaning = setInterval(() => void this.#clean(), CLEANING_INTERVAL_MS).unref();
  }

  static async start(dataSource: DataSource): Promise<SharedProofs> {
    await dataSource.transaction(async (manager) => {
      // Two instances that start at once would both find it absent.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('used_proof ' || current_schema()))`);
      await manager.query(
        'CREATE UNLOGGED TABLE IF NOT EXISTS used_proof (proof bytea PRIMARY KEY, expires_at timestamptz NOT NULL)',
      );
      await manager.query('CREATE INDEX IF NOT EXISTS used_proof_expires_at ON used_proof (expires_at)');
    });
    return new SharedProofs(dataSource);
  }

  async admit(name: string): Promise<boolean> {
    // What this process saw needs no question, and no statement holds one proof twice.
    if (!this.#own.admit(name)) return false;
    try {
      return await this.#group.submit(hash('sha256', name, 'buffer'));
    } catch (cause) {
      throw new Failure('unavailable', 'It cannot be found out now whether the proof was used before', {
        cause,
      });
    }
  }

  onModuleDestroy(): void {
    clearInterval(this.#cleaning);
  }

  async #insert(names: readonly Buffer[]): Promise<boolean[]> {
    // In one order everywhere: statements that wait for each other's rows never wait in a circle.
    const inserted = await this.#database.query<{ proof: Buffer }>(
      `INSERT INTO used_proof (proof, expires_at)
       SELECT proof, now() + make_interval(secs => $2) FROM unnest($1::bytea[]) AS proof ORDER BY proof
       ON CONFLICT (proof) DO NOTHING RETURNING proof`,
      [names, KEPT_SECONDS],
    );
    const admitted = new Set(inserted.map(({ proof }) => proof.toString('hex')));
    return names.map((name) => admitted.has(name.toString('hex')));
  }

  /** What stays because this fails goes the next time. */
  async #clean(): Promise<void> {
    try {
      await this.#database.query('DELETE FROM used_proof WHERE expires_at < now()');
    } catch {
      return;
    }
  }
}
