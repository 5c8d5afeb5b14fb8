import { identifierSystems } from '@samenhang/data-model';
import { isObject, type JsonObject } from '@samenhang/fhir-server';
import { findBsn, type PatientKeyring } from '@samenhang/patient-identity';
import type { Source } from '../sources/source.js';

/** Which patient a resource speaks of, by what is stable at the source: a logical id, or an identifier. */
export interface PatientIdentity {
  readonly system: string;
  readonly value: string;
}

/** Marks ids that only mean something at one source. */
const LOGICAL_ID = 'logical-id';

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
      typeof reference === 'string' ? /(?:^|\/)Patient[/?]|^urn:|^#/.test(reference) : isObject(identifier);
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
  const named = typeof literal === 'string' ? readConditional(literal) : reference['identifier'];
  return identityOfIdentifiers([named]);
}

/** `Patient?identifier=system|value` (FHIR R4 http.html#trules): a reference to whoever has that identifier. */
function readConditional(literal: string): JsonObject | undefined {
  const query = /^Patient\?(.*)$/.exec(literal)?.[1];
  const token = query === undefined ? null : new URLSearchParams(query).get('identifier');
  const [system, value] = token?.split('|') ?? [];
  return system === undefined || value === undefined ? undefined : { system, value };
}

function identityOfIdentifiers(identifiers: unknown): PatientIdentity | undefined {
  const usable = readIdentifiers(identifiers);
  return usable.find(({ system }) => system === identifierSystems.bsn) ?? usable[0];
}

/** The usable identifiers of a resource. */
export function identifiersOf(resource: JsonObject): PatientIdentity[] {
  return readIdentifiers(resource['identifier']);
}

function readIdentifiers(identifiers: unknown): PatientIdentity[] {
  if (!Array.isArray(identifiers)) return [];
  return identifiers.filter(isObject).flatMap(({ system, value }) => {
    if (typeof system !== 'string' || typeof value !== 'string') return [];
    return [{ system, value: system === identifierSystems.bsn ? (findBsn(value) ?? value) : value }];
  });
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
