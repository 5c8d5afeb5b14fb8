import type { Transaction } from '@samenhang/event-log';
import { allHashesOf } from '../tokens/pseudonym-opener.js';
import type { FoundRegistration, Lookup, LookupResult } from './lookup.js';

/**
 * Single use of the tokens, what is registered for the persons, and what they restrict, in one statement for all
 * questions at hand. A restriction withholds nothing here: what is restricted takes as long to find as what is not.
 */
const LOOK_UP = `
  WITH asked AS (
    SELECT * FROM unnest($1::int[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
           AS asked (n, jti, expires_at, categories, requester_type)),
  named AS (SELECT * FROM unnest($6::int[], $7::bytea[]) AS named (n, hash)),
  person AS (
    SELECT n, hash FROM named
     UNION SELECT n, new_hash FROM named JOIN pseudonym_successor ON old_hash = hash),
  used AS (
    INSERT INTO used_token (jti, expires_at) SELECT jti, expires_at FROM asked ORDER BY jti
    ON CONFLICT DO NOTHING RETURNING jti),
  forbidden AS MATERIALIZED (
    SELECT n, custodian, category FROM person JOIN asked USING (n) JOIN restriction ON pseudonym_hash = hash
     WHERE restriction.requester_type IN ('', asked.requester_type))
  SELECT asked.n, used.jti IS NOT NULL AS fresh, stored.id, stored.custodian, stored.category, stored.source,
         stored.created_at AS "createdAt", stored.pseudonym_hash AS "pseudonymHash",
         EXISTS (SELECT FROM forbidden WHERE forbidden.n = asked.n AND forbidden.custodian IN ('', stored.custodian)
                    AND forbidden.category IN ('', stored.category)) AS restricted
    FROM asked LEFT JOIN used USING (jti)
    LEFT JOIN (person JOIN registration AS stored ON stored.pseudonym_hash = person.hash)
      ON person.n = asked.n AND used.jti IS NOT NULL
     AND (asked.categories IS NULL OR stored.category = ANY (string_to_array(asked.categories, ',')))
   ORDER BY asked.n, stored.custodian, stored.category, stored.source`;

type Row = FoundRegistration & { readonly n: number; readonly fresh: boolean; readonly id: string | null };

/** Of two lookups with one token the first has it. */
export async function lookUp(
  transaction: Transaction,
  lookups: readonly Lookup[],
): Promise<readonly LookupResult[]> {
  const first = new Map<string, number>();
  for (const [n, { pseudonym }] of lookups.entries())
    if (!first.has(pseudonym.jti)) first.set(pseudonym.jti, n);
  const asked = [...first.values()].map((n) => ({ n, ...(lookups[n] as Lookup) }));
  const named = asked.flatMap(({ n, pseudonym }) => allHashesOf(pseudonym).map((hash) => ({ n, hash })));
  const rows = await transaction.query<Row>(LOOK_UP, [
    asked.map(({ n }) => n),
    asked.map(({ pseudonym }) => pseudonym.jti),
    asked.map(({ pseudonym }) => pseudonym.expiresAt.toISOString()),
    asked.map(({ categories }) => categories?.join(',') ?? null),
    asked.map(({ requesterType }) => requesterType),
    named.map(({ n }) => n),
    named.map(({ hash }) => hash),
  ]);
  const results = new Map<number, FoundRegistration[]>();
  for (const { n, fresh, ...registration } of rows) {
    if (!fresh) continue;
    const found = results.get(n) ?? [];
    // The row of a question that found nothing has no registration.
    if (registration.id !== null) found.push(registration);
    results.set(n, found);
  }
  return lookups.map((_lookup, n) => results.get(n));
}
