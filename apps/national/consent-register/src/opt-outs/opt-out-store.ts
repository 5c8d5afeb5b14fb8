import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';

/** What the European Health Data Space lets a citizen opt out of: primary use (article 10), secondary use (71). */
export const dataUses = ['primary', 'secondary'] as const;
export type DataUse = (typeof dataUses)[number];

export interface OptOut {
  readonly use: DataUse;
  readonly since: string;
}

export interface ChangedOptOut {
  readonly person: string;
  readonly optedOut: boolean;
  readonly revision: number;
}

interface OptOutRow {
  readonly person: string;
  readonly opted_out: boolean;
  readonly revision: string;
  readonly changed_at: Date;
}

type Reads = Pick<Transaction, 'query'>;

/** Opt-outs by a name of the person that tells nobody who it is, another one for each use. */
@Injectable()
export class OptOutStore {
  /** @returns the revision of the change; undefined when that is how it was already */
  async set(
    transaction: Transaction,
    use: DataUse,
    person: string,
    optedOut: boolean,
  ): Promise<number | undefined> {
    // Until the transaction ends no other takes a revision: whoever has read up to one has read all before it.
    await transaction.query(`SELECT pg_advisory_xact_lock(hashtext('opt-out revision'))`);
    if (((await this.find(transaction, use, person)) !== undefined) === optedOut) return undefined;
    const [row] = await transaction.query<{ revision: string }>(
      `INSERT INTO opt_out (data_use, person, opted_out, revision)
       VALUES ($1, $2, $3, nextval('opt_out_revision'))
       ON CONFLICT (data_use, person)
       DO UPDATE SET opted_out = excluded.opted_out, revision = excluded.revision, changed_at = now()
       RETURNING revision`,
      [use, person, optedOut],
    );
    return Number(row?.revision);
  }

  async find(reads: Reads, use: DataUse, person: string): Promise<OptOut | undefined> {
    const [row] = await reads.query<OptOutRow>(
      'SELECT changed_at FROM opt_out WHERE data_use = $1 AND person = $2 AND opted_out',
      [use, person],
    );
    return row === undefined ? undefined : { use, since: row.changed_at.toISOString() };
  }

  /** In the order of their revisions. Who opted out and in again before `since` was known is not told of at all. */
  async changedSince(reads: Reads, use: DataUse, since: number, limit: number): Promise<ChangedOptOut[]> {
    const rows = await reads.query<OptOutRow>(
      `SELECT person, opted_out, revision FROM opt_out
        WHERE data_use = $1 AND revision > $2 AND (opted_out OR $2 > 0) ORDER BY revision LIMIT $3`,
      [use, since, limit],
    );
    return rows.map((row) => ({
      person: row.person,
      optedOut: row.opted_out,
      revision: Number(row.revision),
    }));
  }
}
