import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { Bsn } from '@samenhang/patient-identity';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { toPerson, type Person, type PersonRow } from './person.js';

/** How a person is looked up within a tenant. */
export type PersonKey =
  | { readonly by: 'bsn'; readonly bsnKey: string }
  | { readonly by: 'identifier'; readonly identifierKey: string }
  | { readonly by: 'patient-id'; readonly patientId: string }
  | { readonly by: 'patient-key'; readonly patientKey: number };

const conditions: Readonly<Record<PersonKey['by'], string>> = {
  bsn: 'p.bsn_key = $2::text COLLATE "C"',
  identifier: `p.id IN (SELECT i.patient_key FROM patient_identifier i
    WHERE i.tenant = $1 AND i.identifier_key = $2::text COLLATE "C")`,
  'patient-id': 'p.patient_id = $2::text COLLATE "C"',
  'patient-key': 'p.id = $2::bigint',
};

/**
 * All Patients of the one person meant. By BSN the one that holds for the person counts: a number that a merge or a
 * correction took away finds nobody.
 * @throws Failure('conflict') when an identifier is in use for several persons: none of them is guessed
 */
export async function findPerson(
  transaction: Transaction,
  tenant: Ura,
  key: PersonKey,
): Promise<Person | undefined> {
  const rows = await transaction.query<PersonRow>(
    // Two branches, each by its own index: an OR between them would read every patient of the tenant.
    `WITH named AS (SELECT p.root, p.bsn_key FROM patient p WHERE p.tenant = $1 AND ${conditions[key.by]}),
     members AS (
       SELECT p.* FROM named JOIN patient p ON p.tenant = $1 AND p.bsn_key = named.bsn_key
       UNION SELECT p.* FROM named JOIN patient p ON p.tenant = $1 AND p.root = named.root WHERE named.bsn_key IS NULL
     )
     SELECT m.id, m.patient_id, m.root, m.own_bsn_key, m.bsn_key, coalesce(NOT r.deleted, false) AS is_live
     FROM members m
     LEFT JOIN resource r ON r.tenant = m.tenant AND r.type = 'Patient' AND r.id = m.patient_id`,
    [tenant, valueOf(key)],
  );
  const persons = new Set(rows.map((row) => row.bsn_key ?? row.root));
  if (persons.size > 1) throw new Failure('conflict', 'This identifier is in use for several persons');
  return toPerson(rows);
}

function valueOf(key: PersonKey): string | number {
  switch (key.by) {
    case 'bsn':
      return key.bsnKey;
    case 'identifier':
      return key.identifierKey;
    case 'patient-id':
      return key.patientId;
    case 'patient-key':
      return key.patientKey;
  }
}

/** The BSN of a person, to ask the consent register about. */
export async function findCitizenNumber(
  transaction: Transaction,
  tenant: Ura,
  person: Person,
  vault: CitizenNumberVault,
): Promise<Bsn | undefined> {
  const { bsnKey } = person;
  if (bsnKey === null) return undefined;
  const [row] = await transaction.query<{ sealed: Buffer }>(
    'SELECT sealed FROM citizen_number WHERE tenant = $1 AND bsn_key = $2',
    [tenant, bsnKey],
  );
  return row === undefined ? undefined : vault.open(tenant, bsnKey, row.sealed);
}
