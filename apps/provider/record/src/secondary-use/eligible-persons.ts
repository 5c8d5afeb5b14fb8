import { createHmac, randomBytes } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { Bsn } from '@samenhang/patient-identity';
import type { PermitTerms, Population } from '@samenhang/secondary-use';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { searchedHash } from '../resources/token-hash.js';

/** Somebody whose data may take part, as this answer calls them. */
export interface EligiblePerson {
  /** Means nothing outside this answer. */
  readonly key: string;
  readonly bsn: Bsn;
  readonly patientKeys: readonly number[];
  /** By how many days their dates are moved; the same at every holder, as it follows from the person and the project. */
  readonly shiftDays: number;
}

interface PersonRow {
  bsn_key: string;
  patient_keys: number[];
  sealed: Buffer;
}

const KEY_BYTES = 16;
const MOST_SHIFT_DAYS = 182;

/**
 * All persons of a tenant, or those of the permit's population. Somebody without a BSN cannot be asked about at the register
 * of objections, and takes no part.
 */
export async function findPersons(
  transaction: Transaction,
  tenant: Ura,
  terms: PermitTerms,
  vault: CitizenNumberVault,
): Promise<EligiblePerson[]> {
  const { population } = terms;
  const rows = await transaction.query<PersonRow>(
    `SELECT p.bsn_key, array_agg(p.id::int8 ORDER BY p.id)::int8[] AS patient_keys, c.sealed
     FROM patient p JOIN citizen_number c ON c.tenant = p.tenant AND c.bsn_key = p.bsn_key
     WHERE p.tenant = $1 ${population === undefined ? '' : ofPopulation}
     GROUP BY p.bsn_key, c.sealed ORDER BY p.bsn_key`,
    population === undefined ? [tenant] : [tenant, tokenOf(population)],
  );
  return rows.map((row) => {
    const bsn = vault.open(tenant, row.bsn_key, row.sealed);
    return {
      key: randomBytes(KEY_BYTES).toString('hex'),
      bsn,
      patientKeys: row.patient_keys.map(Number),
      shiftDays: shiftOf(bsn, terms),
    };
  });
}

const ofPopulation = `AND p.bsn_key IN (
  SELECT q.bsn_key FROM resource r JOIN patient q ON q.id = r.patient_key
  WHERE r.tenant = $1 AND r.type = 'Condition' AND NOT r.deleted AND r.tokens @> ARRAY[$2::bigint])`;

function tokenOf({ system, code }: Population): string {
  return searchedHash('code', { system, code });
}

/** Uniform over a year, never zero; nobody can work it out who does not have both the number and the project's secret. */
function shiftOf(bsn: Bsn, { secret, permitId }: PermitTerms): number {
  const digest = createHmac('sha256', Buffer.from(secret, 'base64url'))
    .update(`shift ${permitId} ${bsn}`)
    .digest();
  const drawn = Number(digest.readBigUInt64BE(0) % BigInt(2 * MOST_SHIFT_DAYS));
  return drawn < MOST_SHIFT_DAYS ? drawn - MOST_SHIFT_DAYS : drawn - MOST_SHIFT_DAYS + 1;
}
