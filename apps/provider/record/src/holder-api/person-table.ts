import type { ConsentChoice } from '@samenhang/consent';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { Bsn } from '@samenhang/patient-identity';
import { choicesOfContents } from '../consents/consent-store.js';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { toPerson, type Person, type PersonRow } from './person.js';

/** How a person is looked up within a tenant. */
export type PersonKey =
  | { readonly by: 'bsn'; readonly bsnKey: string }
  | { readonly by: 'identifier'; readonly identifierKey: string }
  | { readonly by: 'patient-id'; readonly patientId: string }
  | { readonly by: 'patient-key'; readonly patientKey: number }
  | { readonly by: 'fact'; readonly type: string; readonly id: string };

/** A person, and what consent is to be asked and weighed with. */
export interface KnownPerson {
  readonly person: Person;
  readonly bsn: Bsn | undefined;
  /** The consents kept here. */
  readonly choices: readonly ConsentChoice[];
}

const conditions: Readonly<Record<PersonKey['by'], string>> = {
  bsn: 'p.bsn_key = $2::text COLLATE "C"',
  identifier: `p.id IN (SELECT i.patient_key FROM patient_identifier i
    WHERE i.tenant = $1 AND i.identifier_key = $2::text COLLATE "C")`,
  'patient-id': 'p.patient_id = $2::text COLLATE "C"',
  'patient-key': 'p.id = $2::bigint',
  fact: `p.id = (SELECT f.patient_key FROM resource f
    WHERE f.tenant = $1 AND f.type = $2::text COLLATE "C" AND f.id = $3::text COLLATE "C")`,
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
  const rows = await transaction.query<PersonRow>(statementFor(key), [tenant, ...valuesOf(key)]);
  return onlyPerson(rows);
}

interface KnownPersonRow extends PersonRow {
  readonly sealed: Buffer | null;
  readonly consents: string[];
}

/** The same, with the BSN to ask the consent register about and the consents that are kept here: one statement. */
export async function findKnownPerson(
  transaction: Transaction,
  tenant: Ura,
  key: PersonKey,
  vault: CitizenNumberVault,
): Promise<KnownPerson | undefined> {
  const rows = await transaction.query<KnownPersonRow>(
    statementFor(
      key,
      `, n.sealed, ARRAY(SELECT c.content FROM consent c
         WHERE c.tenant = m.tenant AND c.bsn_key = m.bsn_key AND c.status = 'active') AS consents`,
      'LEFT JOIN citizen_number n ON n.tenant = m.tenant AND n.bsn_key = m.bsn_key',
    ),
    [tenant, ...valuesOf(key)],
  );
  const person = onlyPerson(rows);
  const [row] = rows;
  if (person === undefined || row === undefined) return undefined;
  const isNumbered = person.bsnKey !== null && row.sealed !== null;
  return {
    person,
    bsn: isNumbered ? vault.open(tenant, person.bsnKey, row.sealed) : undefined,
    choices: choicesOfContents(row.consents, tenant),
  };
}

function statementFor(key: PersonKey, columns = '', joins = ''): string {
  // Two branches, each by its own index: an OR between them would read every patient of the tenant.
  return `WITH named AS (SELECT p.root, p.bsn_key FROM patient p WHERE p.tenant = $1 AND ${conditions[key.by]}),
     members AS (
       SELECT p.* FROM named JOIN patient p ON p.tenant = $1 AND p.bsn_key = named.bsn_key
       UNION SELECT p.* FROM named JOIN patient p ON p.tenant = $1 AND p.root = named.root WHERE named.bsn_key IS NULL
     )
     SELECT m.id, m.patient_id, m.root, m.own_bsn_key, m.bsn_key, coalesce(NOT r.deleted, false) AS is_live${columns}
     FROM members m
     LEFT JOIN resource r ON r.tenant = m.tenant AND r.type = 'Patient' AND r.id = m.patient_id
     ${joins}`;
}

/** @throws Failure('conflict') */
function onlyPerson(rows: readonly PersonRow[]): Person | undefined {
  const persons = new Set(rows.map((row) => row.bsn_key ?? row.root));
  if (persons.size > 1) throw new Failure('conflict', 'This identifier is in use for several persons');
  return toPerson(rows);
}

function valuesOf(key: PersonKey): (string | number)[] {
  switch (key.by) {
    case 'bsn':
      return [key.bsnKey];
    case 'identifier':
      return [key.identifierKey];
    case 'patient-id':
      return [key.patientId];
    case 'patient-key':
      return [key.patientKey];
    case 'fact':
      return [key.type, key.id];
  }
}
