import type { FhirResource } from '@samenhang/data-model';
import { codingsOf, elementOf, isRecord } from './elements.js';
import type { ObjectRecord } from './object-record.js';
import type { CodingLookup } from './same-fact.js';

/** Looks through a reference to a contained Medication, or to one that the same custodian delivered beside it. */
export function medicationLookup(records: readonly ObjectRecord[]): CodingLookup {
  const delivered = new Map(
    records
      .filter(({ current }) => current.resource.resourceType === 'Medication')
      .map(({ current }) => [`${current.custodian} ${current.fullUrl}`, current.resource] as const),
  );
  return (record, element) => {
    const value = elementOf(record.current.resource, element);
    if (!isRecord(value) || typeof value['reference'] !== 'string') return codingsOf(value);
    return codingsOf(findMedication(record, value['reference'], delivered)?.['code']);
  };
}

function findMedication(
  { current }: ObjectRecord,
  reference: string,
  delivered: ReadonlyMap<string, FhirResource>,
): Record<string, unknown> | undefined {
  if (reference.startsWith('#')) return containedIn(current.resource, reference.slice(1));
  // FHIR R4 bundle.html#references: a relative reference is resolved against the base of its own fullUrl.
  const base = current.fullUrl.split('/').slice(0, -2).join('/');
  const address = /^[a-z][a-z0-9+.-]*:/i.test(reference) ? reference : `${base}/${reference}`;
  return delivered.get(`${current.custodian} ${address}`);
}

function containedIn(resource: FhirResource, id: string): Record<string, unknown> | undefined {
  const contained = resource['contained'];
  return Array.isArray(contained)
    ? contained.filter(isRecord).find((candidate) => candidate['id'] === id)
    : undefined;
}
