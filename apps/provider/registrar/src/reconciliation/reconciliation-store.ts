import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { inTransaction } from '@samenhang/persistence';
import type { BucketDigest, RegistrationBucket } from '@samenhang/localisation';
import { DataSource } from 'typeorm';
import { PENDING } from '../desired-state/pending.js';

const KNOWN = `tenant = $1 AND actual = 'present' AND registration_id IS NOT NULL`;

/** What this node believes the index holds. */
@Injectable()
export class ReconciliationStore {
  constructor(private readonly dataSource: DataSource) {}

  /** By skipping from one to the next in the primary key: the table may be long. */
  tenants(): Promise<{ tenant: Ura; finishedAt: Date | null }[]> {
    return this.dataSource.query(
      `WITH RECURSIVE known AS (
         (SELECT tenant FROM registration_state ORDER BY tenant LIMIT 1)
         UNION ALL
         SELECT (SELECT tenant FROM registration_state AS next WHERE next.tenant > known.tenant ORDER BY tenant LIMIT 1)
           FROM known WHERE known.tenant IS NOT NULL)
       SELECT known.tenant, reconciliation.finished_at AS "finishedAt"
         FROM known LEFT JOIN reconciliation USING (tenant) WHERE known.tenant IS NOT NULL`,
    );
  }

  /** What is not settled: still to be tried for the first time, or refused before. */
  async pending(tenant: Ura): Promise<{ untried: number; refused: number }> {
    const [row] = await this.dataSource.query<{ untried: number; refused: number }[]>(
      `SELECT count(*) FILTER (WHERE attempts = 0)::int AS untried, count(*) FILTER (WHERE attempts > 0)::int AS refused
         FROM registration_state
        WHERE tenant = $1 AND ${PENDING}`,
      [tenant],
    );
    return row ?? { untried: 0, refused: 0 };
  }

  /** As the index makes it: XOR of the first eight bytes of the SHA-256 of each id. */
  digest(tenant: Ura): Promise<BucketDigest[]> {
    return this.dataSource.query(
      `SELECT category, left(registration_id::text, 2) AS bucket, count(*)::int AS count,
              lpad(to_hex(bit_xor(('x' || encode(substr(sha256(convert_to(registration_id::text, 'UTF8')), 1, 8), 'hex'))
                                  ::bit(64)::bigint)), 16, '0') AS digest
         FROM registration_state WHERE ${KNOWN} GROUP BY 1, 2`,
      [tenant],
    );
  }

  async idsOf(tenant: Ura, { category, bucket }: RegistrationBucket): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT registration_id AS id FROM registration_state
        WHERE ${KNOWN} AND category = $2 AND left(registration_id::text, 2) = $3`,
      [tenant, category, bucket],
    );
    return rows.map(({ id }) => id);
  }

  /** To be registered again, which is no fault for what is there. @param ids all when undefined @returns how many */
  async registerAgain(tenant: Ura, ids: readonly string[] | undefined): Promise<number> {
    return this.#doubt(tenant, '($2::uuid[] IS NULL OR registration_id = ANY ($2))', [ids ?? null]);
  }

  /** Those whose id this node never learnt. */
  async registerUnnamedAgain(tenant: Ura): Promise<number> {
    return this.#doubt(tenant, 'registration_id IS NULL', []);
  }

  async finish(tenant: Ura): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO reconciliation (tenant, finished_at) VALUES ($1, now())
       ON CONFLICT (tenant) DO UPDATE SET finished_at = EXCLUDED.finished_at`,
      [tenant],
    );
  }

  /** Kept for who operates the node: how much had drifted apart, and when it last did. */
  async noteDrift(tenant: Ura, drift: { registeredAgain: number; withdrawn: number }): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO reconciliation AS known (tenant, registered_again, withdrawn, drift_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (tenant) DO UPDATE
          SET registered_again = known.registered_again + EXCLUDED.registered_again,
              withdrawn = known.withdrawn + EXCLUDED.withdrawn, drift_at = EXCLUDED.drift_at`,
      [tenant, drift.registeredAgain, drift.withdrawn],
    );
  }

  async #doubt(tenant: Ura, condition: string, parameters: readonly unknown[]): Promise<number> {
    const rows = await inTransaction(this.dataSource, (transaction) =>
      transaction.query(
        `UPDATE registration_state SET actual = 'unknown', registration_id = NULL, next_try = now(), pending_since = now()
          WHERE tenant = $1 AND wanted AND actual = 'present' AND ${condition} RETURNING 1`,
        [tenant, ...parameters],
      ),
    );
    return rows.length;
  }
}
