import type { Transaction } from '@samenhang/event-log';
import type { OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import type { NewRegistration, Registration } from './registration.js';
import { findByKeys } from './registration-store.js';

/** One registration asked by one request. */
export interface AskedRegistration {
  readonly row: NewRegistration;
  readonly pseudonym: OpenedPseudonym;
}

export type GroupRegistrationResult =
  /** `pseudonymHash` is what it is kept under, which may be a successor of what was asked. */
  | { readonly kind: 'created'; readonly registration: Registration; readonly pseudonymHash: Buffer }
  | { readonly kind: 'existing'; readonly registration: Registration }
  /** `isRegistered`: what it asked for is there, so that it is the same request once more. */
  | { readonly kind: 'used-token'; readonly isRegistered: boolean }
  | { readonly kind: 'withdrawn-meanwhile' };

/** Single use of the tokens and the rows that are not there yet, in one statement for all requests at hand. */
const REGISTER = `
  WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bytea[], $5::int[], $6::text[], $7::text[], $8::text[])
           AS asked (id, jti, expires_at, hash, key_version, custodian, category, source)),
  used AS (
    INSERT INTO used_token (jti, expires_at) SELECT jti, expires_at FROM asked ORDER BY jti
    ON CONFLICT DO NOTHING RETURNING jti),
  target AS (
    SELECT asked.id, coalesce(successor.new_hash, asked.hash) AS hash,
           coalesce(successor.new_version, asked.key_version) AS key_version, custodian, category, source
      FROM asked JOIN used USING (jti) LEFT JOIN pseudonym_successor AS successor ON successor.old_hash = asked.hash),
  inserted AS (
    INSERT INTO registration (id, pseudonym_hash, key_version, custodian, category, source)
    SELECT id, hash, key_version, custodian, category, source FROM target ORDER BY hash, custodian, category, source
    ON CONFLICT ON CONSTRAINT registration_once DO NOTHING RETURNING id, created_at)
  SELECT target.id, target.hash AS "pseudonymHash", inserted.created_at AS "createdAt"
    FROM target LEFT JOIN inserted ON inserted.id = target.id`;

interface Row {
  readonly id: string;
  readonly pseudonymHash: Buffer;
  readonly createdAt: Date | null;
}

/** Of two requests with one token the first has it. */
export async function registerAll(
  transaction: Transaction,
  asked: readonly AskedRegistration[],
): Promise<readonly GroupRegistrationResult[]> {
  const jtis = new Set<string>();
  const sent = asked.filter(({ pseudonym: { jti } }) => !jtis.has(jti) && jtis.add(jti));
  const rows = await transaction.query<Row>(REGISTER, [
    sent.map(({ row }) => row.id),
    sent.map(({ pseudonym }) => pseudonym.jti),
    sent.map(({ pseudonym }) => pseudonym.expiresAt.toISOString()),
    sent.map(({ row }) => row.pseudonymHash),
    sent.map(({ row }) => row.keyVersion),
    sent.map(({ row }) => row.custodian),
    sent.map(({ row }) => row.category),
    sent.map(({ row }) => row.source),
  ]);
  const answered = new Map(rows.map((row) => [row.id, row]));
  const present = asked.filter(({ row }) => (answered.get(row.id)?.createdAt ?? null) === null);
  const existing = await findExisting(transaction, present);
  return asked.map(({ row }): GroupRegistrationResult => {
    const answer = answered.get(row.id);
    if (answer === undefined) return { kind: 'used-token', isRegistered: existing.has(row.id) };
    const { createdAt, pseudonymHash } = answer;
    if (createdAt !== null) {
      const { id, custodian, category, source } = row;
      return { kind: 'created', registration: { id, custodian, category, source, createdAt }, pseudonymHash };
    }
    const registration = existing.get(row.id);
    return registration === undefined ? { kind: 'withdrawn-meanwhile' } : { kind: 'existing', registration };
  });
}

/** By a statement of its own: what another request committed meanwhile is not seen by the one that met it. */
async function findExisting(
  transaction: Transaction,
  present: readonly AskedRegistration[],
): Promise<ReadonlyMap<string, Registration>> {
  if (present.length === 0) return new Map();
  const rows = present.map(({ row }) => row);
  const found = await findByKeys(transaction, rows);
  return new Map(
    found.flatMap((registration, index): [string, Registration][] => {
      const id = rows[index]?.id;
      return registration === undefined || id === undefined ? [] : [[id, registration]];
    }),
  );
}
