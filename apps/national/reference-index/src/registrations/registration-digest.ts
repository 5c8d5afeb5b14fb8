import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** Of the registrations of one category whose ids begin with the same two digits. */
export interface DigestBucket {
  readonly category: DataCategory;
  readonly bucket: string;
  readonly count: number;
  /** XOR of the first eight bytes of the SHA-256 of each id as text: the order is of no matter. Hexadecimal. */
  readonly digest: string;
}

export interface RegistrationDigest {
  /** Registrations that are kept under an older version of the pseudonymisation key. */
  readonly outdated: number;
  readonly buckets: readonly DigestBucket[];
}

/** Over ids, which are random: a pseudonym leaves the index in no form, not even hashed. */
export async function digestOwn(
  transaction: Transaction,
  custodian: Ura,
  source: string | undefined,
): Promise<RegistrationDigest> {
  const own = `custodian = $1 AND ($2::text IS NULL OR source = $2)`;
  const buckets = await transaction.query<DigestBucket>(
    `SELECT category, left(id::text, 2) AS bucket, count(*)::int AS count,
            lpad(to_hex(bit_xor(('x' || encode(substr(sha256(convert_to(id::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint)),
                 16, '0') AS digest
       FROM registration WHERE ${own} GROUP BY 1, 2 ORDER BY 1, 2`,
    [custodian, source ?? null],
  );
  const [row] = await transaction.query<{ outdated: number }>(
    `SELECT count(*)::int AS outdated FROM registration
      WHERE ${own} AND key_version < (SELECT max(version) FROM key_version_seen)`,
    [custodian, source ?? null],
  );
  return { outdated: row?.outdated ?? 0, buckets };
}
