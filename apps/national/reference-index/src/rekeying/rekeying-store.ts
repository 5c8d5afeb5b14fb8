import type { Transaction } from '@samenhang/event-log';
import type { ChangedRow } from '../changes/localisation-changes.js';

export interface Successor {
  readonly oldHash: Buffer;
  readonly newHash: Buffer;
  readonly newVersion: number;
}

/** One row per older pseudonym, in their order so that concurrent requests cannot deadlock; a newer version prevails. */
export async function recordSuccessors(
  transaction: Transaction,
  successors: readonly Successor[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO pseudonym_successor AS known (old_hash, new_hash, new_version)
     SELECT DISTINCT ON (old_hash) old_hash, new_hash, new_version
       FROM unnest($1::bytea[], $2::bytea[], $3::int[]) AS row (old_hash, new_hash, new_version) ORDER BY old_hash
     ON CONFLICT (old_hash) DO UPDATE SET new_hash = EXCLUDED.new_hash, new_version = EXCLUDED.new_version
      WHERE known.new_version < EXCLUDED.new_version`,
    [
      successors.map(({ oldHash }) => oldHash),
      successors.map(({ newHash }) => newHash),
      successors.map(({ newVersion }) => newVersion),
    ],
  );
}

// Taken out and put in again by one statement: no other transaction ever sees a registration in neither place. What is
// under the new pseudonym already stays as it is.
const MOVE = (chosen: string): string => `
  WITH chosen AS (
    SELECT stored.id, stored.pseudonym_hash AS old_hash, successor.new_hash, successor.new_version
      FROM registration AS stored JOIN pseudonym_successor AS successor ON successor.old_hash = stored.pseudonym_hash
     WHERE ${chosen} ORDER BY stored.pseudonym_hash, stored.id FOR UPDATE OF stored),
  moved AS (
    DELETE FROM registration AS stored USING chosen WHERE stored.id = chosen.id
    RETURNING stored.id, chosen.old_hash, chosen.new_hash, chosen.new_version, stored.custodian, stored.category, stored.source,
              stored.created_at),
  inserted AS (
    INSERT INTO registration (id, pseudonym_hash, key_version, custodian, category, source, created_at)
    SELECT id, new_hash, new_version, custodian, category, source, created_at FROM moved
     ORDER BY new_hash, custodian, category, source
    ON CONFLICT ON CONSTRAINT registration_once DO NOTHING)
  SELECT old_hash AS "oldHash", new_hash AS "newHash", custodian, category, source FROM moved`;

/** The same for what persons restrict: no transaction sees a registration without them. */
const MOVE_RESTRICTIONS = (chosen: string): string => `
  WITH chosen AS (
    SELECT stored.*, successor.new_hash, successor.new_version
      FROM restriction AS stored JOIN pseudonym_successor AS successor ON successor.old_hash = stored.pseudonym_hash
     WHERE ${chosen} ORDER BY stored.pseudonym_hash FOR UPDATE OF stored),
  moved AS (
    DELETE FROM restriction AS stored USING chosen
     WHERE (stored.pseudonym_hash, stored.stated_by, stored.custodian, stored.category, stored.requester_type)
         = (chosen.pseudonym_hash, chosen.stated_by, chosen.custodian, chosen.category, chosen.requester_type))
  INSERT INTO restriction (pseudonym_hash, key_version, stated_by, custodian, category, requester_type, created_at)
  SELECT new_hash, new_version, stated_by, custodian, category, requester_type, created_at FROM chosen
   ORDER BY new_hash, stated_by, custodian, category, requester_type
  ON CONFLICT DO NOTHING`;

/** A registration that is kept under another pseudonym from now on. */
export interface MovedRegistration extends Omit<ChangedRow, 'pseudonymHash'> {
  readonly oldHash: Buffer;
  readonly newHash: Buffer;
}

/** All registrations and restrictions of these persons, of every custodian. */
export function moveToSuccessors(
  transaction: Transaction,
  oldHashes: readonly Buffer[],
): Promise<readonly MovedRegistration[]> {
  return move(transaction, 'stored.pseudonym_hash = ANY ($1::bytea[])', oldHashes);
}

/** Moves what recent successors left behind, and forgets those that no living token can ask for any more. */
export async function sweepSuccessors(
  transaction: Transaction,
  recentSeconds: number,
): Promise<readonly MovedRegistration[]> {
  const recent = 'successor.created_at > now() - make_interval(secs => $1)';
  const moved = await move(transaction, recent, recentSeconds);
  await transaction.query(`DELETE FROM pseudonym_successor WHERE created_at < now() - interval '1 day'`);
  return moved;
}

async function move(
  transaction: Transaction,
  chosen: string,
  parameter: unknown,
): Promise<readonly MovedRegistration[]> {
  await transaction.query(MOVE_RESTRICTIONS(chosen), [parameter]);
  return transaction.query<MovedRegistration>(MOVE(chosen), [parameter]);
}
