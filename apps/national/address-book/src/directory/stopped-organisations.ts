import { getUra, identifierSystems } from '@samenhang/data-model';
import type { EventLog, Transaction } from '@samenhang/event-log';

/**
 * Tells, in the transaction of what was written, of care providers that stopped since it was told last, and of those that
 * go on. A care provider stopped when the central directory says so, or everybody who speaks of it: what somebody else
 * still says of it does not keep it going.
 *
 * @param uras of which something was written; all when undefined
 */
export async function tellOfStopped(
  transaction: Transaction,
  eventLog: EventLog,
  uras?: readonly string[],
): Promise<void> {
  if (uras?.length === 0) return;
  const changed = await transaction.query<{ ura: string; active: boolean }>(
    `WITH said AS (
       SELECT substr(identifier, length($1) + 2) AS ura, organisation.active IS FALSE AS inactive,
              coalesce(directory.kind = 'central', false) AS central
         FROM resource AS organisation CROSS JOIN unnest(organisation.identifiers) AS identifier
              LEFT JOIN directory_entry AS entry
                     ON entry.local_id = organisation.id AND entry.resource_type = organisation.resource_type
              LEFT JOIN directory USING (base)
        WHERE organisation.resource_type = 'Organization' AND starts_with(identifier, $1 || '|')
          AND ($2::text[] IS NULL OR organisation.identifiers && $2)
     ), stopped AS (
       SELECT ura FROM said GROUP BY ura HAVING bool_and(inactive) OR bool_or(inactive AND central)
     ), begun AS (
       INSERT INTO stopped_organisation SELECT ura FROM stopped ON CONFLICT DO NOTHING RETURNING ura
     ), ended AS (
       DELETE FROM stopped_organisation AS known
        WHERE ($2::text[] IS NULL OR ura = ANY ($2)) AND NOT EXISTS (SELECT FROM stopped WHERE stopped.ura = known.ura)
       RETURNING ura
     )
     SELECT ura, false AS active FROM begun UNION ALL SELECT ura, true FROM ended`,
    [identifierSystems.ura, uras ?? null],
  );
  if (changed.length === 0) return;
  await eventLog.publish(
    transaction,
    changed.map(({ ura, active }) => ({
      type: 'addressing.organisation-status-changed' as const,
      key: ura,
      tenant: null,
      payload: { ura: getUra(ura), active },
    })),
  );
}
