import { identifierSystems } from '@samenhang/data-model';
import { findBsn, type PatientKeyring } from '@samenhang/patient-identity';
import type { Source } from '../sources/source.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Which patient a resource speaks of, by what is stable at the source: a logical id, or an identifier. */
export interface PatientIdentity {
  readonly system: string;
  readonly value: string;
}

/** Marks ids that only mean something at one source. */
const LOGICAL_ID = 'logical-id';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A Patient is known by its logical id, as its other resources refer to it by that; by an identifier (the BSN first)
 * where the id only holds within one Bundle (`urn:uuid:…`).
 */
export function identityOfPatient(
  patient: JsonObject,
  fullUrl: string | undefined,
): PatientIdentity | undefined {
  const isTransient = fullUrl?.startsWith('urn:') ?? false;
  const byIdentifier = identityOfIdentifiers(patient['identifier']);
  if (isTransient && byIdentifier !== undefined) return byIdentifier;
  return typeof patient['id'] === 'string'
    ? { system: LOGICAL_ID, value: `Patient/${patient['id']}` }
    : byIdentifier;
}

/** The reference of a resource to its patient. */
export function findPatientReference(resource: JsonObject): JsonObject | undefined {
  for (const element of ['subject', 'patient', 'beneficiary', 'individual', 'for']) {
    const value: unknown = resource[element];
    if (!isObject(value)) continue;
    const { reference, type, identifier } = value;
    const names =
      typeof reference === 'string' ? /(?:^|\/)Patient\/|^urn:|^#/.test(reference) : isObject(identifier);
    if (names && (type === undefined || type === 'Patient')) return value;
  }
  return undefined;
}

/** Whom a reference means, when that can be told without the Bundle: `Patient/1`, the same as URL, or an identifier. */
export function identityOfReference(reference: JsonObject): PatientIdentity | undefined {
  const literal = reference['reference'];
  const id =
    typeof literal === 'string'
      ? /(?:^|\/)(Patient\/[A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/.exec(literal)?.[1]
      : undefined;
  if (id !== undefined) return { system: LOGICAL_ID, value: id };
  return identityOfIdentifiers([reference['identifier']]);
}

function identityOfIdentifiers(identifiers: unknown): PatientIdentity | undefined {
  if (!Array.isArray(identifiers)) return undefined;
  const usable = identifiers
    .filter(isObject)
    .flatMap(({ system, value }) =>
      typeof system === 'string' && typeof value === 'string' ? [{ system, value }] : [],
    );
  const bsn = usable.find(({ system }) => system === identifierSystems.bsn);
  if (bsn !== undefined) return { system: bsn.system, value: findBsn(bsn.value) ?? bsn.value };
  return usable[0];
}

/** Messages of one patient of a source share this key, and keep their order by it. */
export function fhirOrderingKey(
  patient: PatientIdentity | undefined,
  source: Source,
  keyring: PatientKeyring,
): string {
  if (patient === undefined) return keyring.keyOf(source.tenant, 'source', source.id);
  const system = patient.system === LOGICAL_ID ? `${LOGICAL_ID} ${source.id}` : patient.system;
  return keyring.keyOf(source.tenant, system, patient.value);
}
