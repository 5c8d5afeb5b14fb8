import { identifierSystems, type FhirResource, type PatientKey } from '@samenhang/data-model';
import { findBsn, type Bsn, type PatientKeyring } from '@samenhang/patient-identity';

/** What a Patient resource says about who it is. */
export interface PatientLabels {
  /** Keyed hashes of all its identifiers, within the tenant. */
  readonly identifierKeys: readonly PatientKey[];
  readonly bsn: { readonly key: PatientKey; readonly value: Bsn } | null;
}

/**
 * Reads the identifiers of a Patient. Two different BSNs on one Patient identify nobody: it then counts as having none,
 * rather than as one of the two citizens by chance.
 */
export function labelsOf(patient: FhirResource, tenant: string, keyring: PatientKeyring): PatientLabels {
  const identifiers = Array.isArray(patient['identifier']) ? patient['identifier'].filter(isIdentifier) : [];
  const current = identifiers.filter(({ use }) => use !== 'old');
  const bsns = new Set(
    current
      .flatMap(({ system, value }) => (system === identifierSystems.bsn ? [findBsn(value)] : []))
      .filter(isKnown),
  );
  const [bsn] = bsns;
  const keys = current.map(({ system, value }) => identifierKey(tenant, system, value, keyring));
  return {
    identifierKeys: [...new Set(keys)],
    bsn: bsns.size !== 1 || bsn === undefined ? null : { key: bsnKey(tenant, bsn, keyring), value: bsn },
  };
}

export function bsnKey(tenant: string, bsn: Bsn, keyring: PatientKeyring): PatientKey {
  return keyring.keyOf(tenant, identifierSystems.bsn, bsn);
}

/** A BSN is found however it was written down; any other identifier as it is. */
export function identifierKey(
  tenant: string,
  system: string,
  value: string,
  keyring: PatientKeyring,
): PatientKey {
  const bsn = system === identifierSystems.bsn ? findBsn(value) : undefined;
  return keyring.keyOf(tenant, system, bsn ?? value);
}

interface StatedIdentifier {
  readonly system: string;
  readonly value: string;
  readonly use?: unknown;
}

function isIdentifier(value: unknown): value is StatedIdentifier {
  if (typeof value !== 'object' || value === null) return false;
  const { system, value: stated } = value as Record<string, unknown>;
  return typeof system === 'string' && typeof stated === 'string';
}

function isKnown(bsn: Bsn | undefined): bsn is Bsn {
  return bsn !== undefined;
}
