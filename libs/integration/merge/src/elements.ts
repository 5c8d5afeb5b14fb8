import type { FhirResource } from '@samenhang/data-model';

/** The value of an element; `name[x]` finds whichever type was chosen. 0, false and '' are values. */
export function elementOf(resource: FhirResource, name: string): unknown {
  if (!name.endsWith('[x]')) return resource[name];
  const key = choiceKey(resource, name);
  return key === undefined ? undefined : resource[key];
}

/** Whether the element says anything at all (FHIR allows no empty arrays or objects, sources send them nevertheless). */
export function isPresent(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.some(isPresent);
  if (typeof value === 'object') return Object.values(value).some(isPresent);
  return true;
}

function choiceKey(resource: FhirResource, name: string): string | undefined {
  const stem = name.slice(0, -3);
  return Object.keys(resource).find(
    (key) => key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length)) && isPresent(resource[key]),
  );
}

export interface Coding {
  readonly system?: string;
  readonly code?: string;
}

/** All codings of a CodeableConcept, or of a list of them. */
export function codingsOf(value: unknown): readonly Coding[] {
  const concepts = Array.isArray(value) ? value : [value];
  return concepts.flatMap((concept: unknown) => {
    const coding = isRecord(concept) ? concept['coding'] : undefined;
    return Array.isArray(coding) ? coding.filter(isRecord) : [];
  }) as readonly Coding[];
}

/** Codes of a `code` or CodeableConcept element. */
export function codesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return codingsOf(value).flatMap((coding) => (typeof coding.code === 'string' ? [coding.code] : []));
}

export interface BusinessIdentifier {
  readonly system: string;
  readonly value: string;
}

/** Identifiers that name one thing in the world: both a system and a value. */
export function identifiersOf(resource: FhirResource): readonly BusinessIdentifier[] {
  const raw = resource['identifier'];
  const list = Array.isArray(raw) ? raw : [raw];
  return list.flatMap((identifier: unknown) => {
    if (!isRecord(identifier)) return [];
    const { system, value } = identifier;
    return typeof system === 'string' && typeof value === 'string' && system !== '' && value !== ''
      ? [{ system, value }]
      : [];
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
