import type { FhirResource } from '@samenhang/data-model';
import type { PatientKeyring } from '@samenhang/patient-identity';

/** What tells two persons apart, as keyed hashes within the tenant. */
export interface Demographics {
  /** Of a full date; a year alone tells too little. */
  readonly birthKey: string | null;
  /** Of each word of each family name: own name, partner's name, however they are joined. */
  readonly nameKeys: readonly string[];
}

const FULL_DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Prefixes are written or left out, and tell nobody apart. */
const PREFIXES = new Set([
  'van',
  'der',
  'den',
  'de',
  'het',
  'ten',
  'ter',
  'te',
  'von',
  'la',
  'le',
  'el',
  'al',
  'op',
  'in',
]);

export function demographicsOf(patient: FhirResource, tenant: string, keyring: PatientKeyring): Demographics {
  const { birthDate, name } = patient;
  const names = Array.isArray(name) ? name.flatMap(familyNames) : [];
  const words = new Set(names.flatMap(wordsOf));
  return {
    birthKey:
      typeof birthDate === 'string' && FULL_DATE.test(birthDate)
        ? keyring.keyOf(tenant, 'birth-date', birthDate)
        : null,
    nameKeys: [...words].map((word) => keyring.keyOf(tenant, 'family-name', word)).sort(),
  };
}

/**
 * Whether two Patients cannot be one person: birth date and family names both differ. One of them alone may be a correction,
 * a marriage or a typing error. What is not known differs from nothing.
 */
export function areDifferentPersons(a: Demographics, b: Demographics): boolean {
  if (a.birthKey === null || b.birthKey === null || a.birthKey === b.birthKey) return false;
  if (a.nameKeys.length === 0 || b.nameKeys.length === 0) return false;
  return a.nameKeys.every((key) => !b.nameKeys.includes(key));
}

function familyNames(name: unknown): string[] {
  const family: unknown = (name as { family?: unknown } | null)?.family;
  return typeof family === 'string' ? [family] : [];
}

function wordsOf(family: string): string[] {
  return family
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1 && !PREFIXES.has(word));
}
