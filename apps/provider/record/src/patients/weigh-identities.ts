import type { FhirResource, MappingIssue } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { areDifferentPersons, demographicsOf, type Demographics } from './demographics.js';
import { labelsOf } from './patient-labels.js';

export const CONFLICTING_DEMOGRAPHICS = 'conflicting-demographics';

/** A message as far as it says who somebody is. */
export interface IdentityStatement {
  readonly tenant: string;
  readonly patients: readonly FhirResource[];
  /** Codes of objections that a person has weighed. */
  readonly accepting: readonly string[];
}

interface KnownRow {
  tenant: string;
  patient_id: string;
  bsn_key: string;
  birth_key: string | null;
  name_keys: string[] | null;
}

interface Claim {
  readonly patientId: string;
  readonly bsnKey: string;
  readonly demographics: Demographics;
}

/**
 * Looks for messages that put a BSN on somebody who cannot be the person that has it here: birth date and family names both
 * differ. They are held for a person to judge; silently one citizen's record would become another's.
 * @returns for each message why it is held, or undefined
 */
export async function weighIdentities(
  transaction: Transaction,
  messages: readonly IdentityStatement[],
  keyring: PatientKeyring,
): Promise<(MappingIssue | undefined)[]> {
  const claims = messages.map(({ tenant, patients }) =>
    patients.flatMap((patient): Claim[] => {
      const { bsn } = labelsOf(patient, tenant, keyring);
      if (bsn === null) return [];
      const demographics = demographicsOf(patient, tenant, keyring);
      return [{ patientId: patient.id, bsnKey: bsn.key, demographics }];
    }),
  );
  const persons = await loadPersons(transaction, messages, claims);
  return messages.map(({ tenant, accepting }, index) => {
    const own = claims[index] ?? [];
    const isHeld =
      !accepting.includes(CONFLICTING_DEMOGRAPHICS) && own.some((claim) => persons.contradict(tenant, claim));
    if (isHeld) return conflict;
    for (const claim of own) persons.learn(tenant, claim);
    return undefined;
  });
}

/** Who has which BSN, by what the record holds and by the messages before this one. */
class KnownPersons {
  readonly #byBsn = new Map<string, Map<string, Demographics>>();

  learn(tenant: string, { patientId, bsnKey, demographics }: Claim): void {
    const key = `${tenant}/${bsnKey}`;
    const known = this.#byBsn.get(key) ?? new Map<string, Demographics>();
    this.#byBsn.set(key, known.set(patientId, demographics));
  }

  contradict(tenant: string, { bsnKey, demographics }: Claim): boolean {
    const known = this.#byBsn.get(`${tenant}/${bsnKey}`)?.values() ?? [];
    return [...known].some((other) => areDifferentPersons(other, demographics));
  }
}

async function loadPersons(
  transaction: Transaction,
  messages: readonly IdentityStatement[],
  claims: readonly (readonly Claim[])[],
): Promise<KnownPersons> {
  const persons = new KnownPersons();
  const wanted = new Map(
    claims.flatMap((own, index) => {
      const tenant = messages[index]?.tenant ?? '';
      return own.map(({ bsnKey }) => [`${tenant}/${bsnKey}`, { tenant, bsnKey }] as const);
    }),
  );
  if (wanted.size === 0) return persons;
  const rows = await transaction.query<KnownRow>(
    `SELECT p.tenant, p.patient_id, p.bsn_key, p.birth_key, p.name_keys
       FROM unnest($1::text[], $2::text[]) AS w (tenant, bsn_key)
       JOIN patient p ON p.tenant = w.tenant COLLATE "C" AND p.bsn_key = w.bsn_key COLLATE "C"
      WHERE p.own_bsn_key = p.bsn_key`,
    [[...wanted.values()].map(({ tenant }) => tenant), [...wanted.values()].map(({ bsnKey }) => bsnKey)],
  );
  for (const { tenant, patient_id: patientId, bsn_key: bsnKey, birth_key: birthKey, name_keys } of rows)
    persons.learn(tenant, { patientId, bsnKey, demographics: { birthKey, nameKeys: name_keys ?? [] } });
  return persons;
}

const conflict: MappingIssue = {
  severity: 'error',
  code: CONFLICTING_DEMOGRAPHICS,
  location: 'Patient.identifier',
  text: 'The BSN is known here with another birth date and another family name; a person has to judge whose it is',
};
