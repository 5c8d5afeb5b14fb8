import { getUra, type FhirResource } from '@samenhang/data-model';
import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { allMessages, samplesAbsence } from './support/all-messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { accept, fhir, puts } from './support/messages.js';

const absence = samplesAbsence();
const reach = absence === undefined ? '' : ` (skipped: ${absence})`;

const asBundle = (resources: readonly FhirResource[]): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

const linesOf = (resources: readonly FhirResource[]): string[] =>
  resources.map((resource) => JSON.stringify(resource)).sort();

const normalised = (content: object): FhirResource[] =>
  puts(accept(fhir(content))).map(({ resource }) => resource);

function outputs(): FhirResource[][] {
  return allMessages().flatMap((message) => {
    const result = normaliseMessage(message);
    return result.outcome === 'rejected' ? [] : [puts(result).map(({ resource }) => resource)];
  });
}

describe(`of all messages of the tests and the public samples${reach}`, () => {
  it('the same message gives the same bytes', () => {
    for (const message of allMessages())
      expect(JSON.stringify(normaliseMessage(message))).toBe(JSON.stringify(normaliseMessage(message)));
  });

  it('what was made of it stays as it is when it comes as a Bundle', { timeout: 60_000 }, () => {
    for (const resources of outputs())
      if (resources.length > 0) expect(linesOf(normalised(asBundle(resources)))).toEqual(linesOf(resources));
  });

  it('and when each resource comes on its own', { timeout: 60_000 }, () => {
    for (const resource of outputs().flatMap((resources) => resources.slice(0, 60)))
      expect(linesOf(normalised(resource))).toEqual(linesOf([resource]));
  });
});

describe('ids of our own', () => {
  const [patient] = normalised(sourceBundle()).filter(({ resourceType }) => resourceType === 'Patient');

  it('are those of the source that they were made for, and of no other', () => {
    const other = { ...fhir(patient), tenant: getUra('33333333') };
    expect(puts(accept(other))[0]?.resource.id).not.toBe(patient?.id);
  });

  it('are of the form that the mapping gives', () => {
    const [renamed] = normalised({ ...patient, resourceType: 'Patient', id: 'chosen-by-the-sender' });
    expect(renamed?.id).toMatch(/^[0-9a-f-]{36}$/);
  });
});
