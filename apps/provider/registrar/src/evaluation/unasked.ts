import { PENDING } from '../desired-state/pending.js';

/** Rows looked at to see whether there is much to do: it costs the same however long the list of work is. */
const LOOK_ROWS = 20_000;

/** Registrations to make, of patients about whom nothing is asked over the event log. */
export const UNASKED = `${PENDING} AND wanted AND claim IS NULL AND next_try <= now() AND NOT EXISTS (
  SELECT FROM evaluation
   WHERE evaluation.tenant = state.tenant AND evaluation.patient_key = state.patient_key)`;

/**
 * Query for the care providers with more such patients than the threshold, and how many. Those for whom the event log is
 * not to be tried now are none of them.
 *
 * @param threshold parameter of the statement; 0 for none
 */
export function manyUnasked(threshold: `$${number}`): string {
  return `
    SELECT tenant, count(DISTINCT patient_key)::int AS unasked
      FROM (SELECT tenant, patient_key FROM registration_state AS state
             WHERE ${threshold}::integer > 0 AND ${UNASKED} LIMIT ${LOOK_ROWS}) AS due
     WHERE NOT EXISTS (SELECT FROM evaluation_request AS request WHERE request.tenant = due.tenant
                          AND request.refusal IS NOT NULL AND request.holds_until > now())
     GROUP BY tenant HAVING count(DISTINCT patient_key) > ${threshold}::integer`;
}
