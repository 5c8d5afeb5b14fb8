import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import type { Restriction } from './restriction.js';

/** What an organisation states about a person takes the place of what it stated before, all at once. */
export async function replaceRestrictions(
  transaction: Transaction,
  { hash, keyVersion }: Pick<OpenedPseudonym, 'hash' | 'keyVersion'>,
  statedBy: Ura,
  restrictions: readonly Restriction[],
): Promise<void> {
  // Two statements of one organisation about one person take their turns.
  await transaction.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex') || $2, 0))`,
    [hash, statedBy],
  );
  await transaction.query(
    `DELETE FROM restriction WHERE stated_by = $2
        AND pseudonym_hash IN (SELECT $1::bytea UNION SELECT new_hash FROM pseudonym_successor WHERE old_hash = $1)`,
    [hash, statedBy],
  );
  if (restrictions.length === 0) return;
  await transaction.query(
    `INSERT INTO restriction (pseudonym_hash, key_version, stated_by, custodian, category, requester_type)
     SELECT DISTINCT coalesce(successor.new_hash, $1::bytea), coalesce(successor.new_version, $2::int), $3,
            stated.custodian, stated.category, stated.requester_type
       FROM unnest($4::text[], $5::text[], $6::text[]) AS stated (custodian, category, requester_type)
       LEFT JOIN pseudonym_successor AS successor ON successor.old_hash = $1::bytea
     ON CONFLICT DO NOTHING`,
    [
      hash,
      keyVersion,
      statedBy,
      restrictions.map(({ custodian }) => custodian ?? ''),
      restrictions.map(({ category }) => category ?? ''),
      restrictions.map(({ requesterType }) => requesterType ?? ''),
    ],
  );
}
