import { isObject, type JsonObject } from '@samenhang/fhir-server';
import {
  findPatientReference,
  identifiersOf,
  identityOfPatient,
  identityOfReference,
  type PatientIdentity,
} from './patient-of-resource.js';

/** One entry of a Bundle: a resource, or a bare request such as a deletion. */
export interface FhirEntry {
  readonly resource: JsonObject | undefined;
  readonly fullUrl: string | undefined;
  /** The entry as JSON text, numbers as written. */
  readonly text: string;
}

export interface PatientGroup {
  /** Undefined for what concerns no patient and nobody's resource refers to. */
  readonly patient: PatientIdentity | undefined;
  readonly entries: readonly FhirEntry[];
}

/**
 * Splits entries by patient, each group complete in itself: supporting resources (Medication, Practitioner …) go with
 * every patient whose resources refer to them. Order within a group is the order of the entries.
 */
export function groupByPatient(entries: readonly FhirEntry[]): PatientGroup[] {
  const patients = new PatientIndex(entries);
  const groups = new Map<string, { patient: PatientIdentity; members: Set<FhirEntry> }>();
  const supporting = new Set<FhirEntry>();
  for (const entry of entries) {
    const patient = patients.of(entry);
    if (patient === undefined) {
      supporting.add(entry);
      continue;
    }
    const key = `${patient.system} ${patient.value}`;
    const group = groups.get(key) ?? { patient, members: new Set() };
    groups.set(key, group);
    group.members.add(entry);
  }
  const used = new Set<FhirEntry>();
  const targets = new Map(
    [...supporting].flatMap((entry) => namesOf(entry).map((name) => [name, entry] as const)),
  );
  for (const { members } of groups.values()) addReferenced(members, targets, used);
  const inOrder = (members: ReadonlySet<FhirEntry>): FhirEntry[] =>
    entries.filter((entry) => members.has(entry));
  const result: PatientGroup[] = [...groups.values()].map(({ patient, members }) => ({
    patient,
    entries: inOrder(members),
  }));
  const rest = [...supporting].filter((entry) => !used.has(entry));
  return rest.length === 0 ? result : [{ patient: undefined, entries: rest }, ...result];
}

function addReferenced(
  members: Set<FhirEntry>,
  targets: ReadonlyMap<string, FhirEntry>,
  used: Set<FhirEntry>,
): void {
  if (targets.size === 0) return;
  // A Set gives what is added while it is walked: the references of supporting resources are followed as well.
  for (const member of members) {
    for (const name of referencesIn(member.resource)) {
      const target = targets.get(name);
      if (target === undefined) continue;
      used.add(target);
      members.add(target);
    }
  }
}

/** Patients of a Bundle by the names by which its entries may refer to them. */
class PatientIndex {
  readonly #byName = new Map<string, PatientIdentity>();

  constructor(entries: readonly FhirEntry[]) {
    for (const entry of entries) {
      if (entry.resource?.['resourceType'] !== 'Patient') continue;
      const identity = identityOfPatient(entry.resource, entry.fullUrl);
      if (identity === undefined) continue;
      for (const name of namesOf(entry)) this.#byName.set(name, identity);
      for (const identifier of identifiersOf(entry.resource))
        this.#byName.set(nameByIdentifier(identifier), identity);
    }
  }

  of({ resource, fullUrl }: FhirEntry): PatientIdentity | undefined {
    if (resource === undefined) return undefined;
    if (resource['resourceType'] === 'Patient') return identityOfPatient(resource, fullUrl);
    const reference = findPatientReference(resource);
    if (reference === undefined) return undefined;
    const literal = reference['reference'];
    const known = typeof literal === 'string' ? this.#byName.get(literal) : undefined;
    const identity = known ?? identityOfReference(reference);
    // A patient named by number may be in the same Bundle, known there by logical id.
    return identity === undefined ? undefined : (this.#byName.get(nameByIdentifier(identity)) ?? identity);
  }
}

function nameByIdentifier({ system, value }: PatientIdentity): string {
  return `${system}|${value}`;
}

/** How others may refer to an entry. */
function namesOf({ resource, fullUrl }: FhirEntry): string[] {
  const names = fullUrl === undefined ? [] : [fullUrl];
  const type = resource?.['resourceType'];
  const id = resource?.['id'];
  if (typeof type === 'string' && typeof id === 'string') names.push(`${type}/${id}`);
  return names;
}

/** Every literal reference in a resource, at any depth; iterative, as depth is the sender's to choose. */
function* referencesIn(resource: unknown): Generator<string> {
  const open: unknown[] = [resource];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...(value as unknown[]));
    else if (isObject(value)) {
      if (typeof value['reference'] === 'string') yield value['reference'];
      open.push(...Object.values(value));
    }
  }
}
