import type { FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { concept, twoHolders } from './patient-record.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, holdingWhole, StandInHolder } from './stand-in-holder.js';

const categories = ['Patient', 'Condition', 'AllergyIntolerance'] as const;

interface Entry {
  readonly fullUrl: string;
  readonly resource: FhirResource;
  readonly search: { readonly mode: string };
}
interface Bundle extends FhirResource {
  readonly total?: number;
  readonly link: { readonly relation: string; readonly url: string }[];
  readonly entry: Entry[];
}

let api: RunningQueryApi;
let hospital: StandInHolder;
let practice: StandInHolder;

beforeAll(async () => {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '20000' });
  const records = twoHolders();
  const identifier = [{ system: 'https://pharmacy.example', value: '12' }];
  const same = (id: string, patientId: string): FhirResource => ({
    ...allergy(id, patientId),
    identifier,
    clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
  });
  hospital = await StandInHolder.startWhole(
    holdingWhole([...records.hospital.resources, same('h-same', 'h')]),
  );
  practice = await StandInHolder.startWhole(
    holdingWhole([...records.practice.resources, same('g-same', 'g')]),
  );
  api.platform.providers = [
    { ura: '22222222', name: 'Hospital', address: hospital.base, categories },
    { ura: '11111111', name: 'Practice', address: practice.base, categories },
  ];
});
afterAll(async () => {
  await Promise.all([hospital.close(), practice.close()]);
  await api.stop();
});

async function view(...parameters: object[]): Promise<Bundle> {
  return read(
    await api.platform.call(`${api.url}/fhir/Patient/$everything`, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: asking(bsnA, ...parameters),
    }),
  );
}
async function read(response: Response): Promise<Bundle> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const bundle = JSON.parse(text) as Bundle;
  expect(validateResource(bundle)).toEqual([]);
  return bundle;
}
const next = ({ link }: Bundle): string | undefined => link.find(({ relation }) => relation === 'next')?.url;
const matches = ({ entry }: Bundle): Entry[] => entry.filter(({ search }) => search.mode === 'match');
const addresses = (entries: readonly Entry[]): string[] => entries.map(({ fullUrl }) => fullUrl).sort();
const ofType = ({ entry }: Bundle, type: string): Entry[] =>
  entry.filter(({ resource }) => resource.resourceType === type);

describe('everything in pages', () => {
  it('is the same as at once, each fact on one page with its Provenance, and no source is asked again', async () => {
    const whole = await view();
    const asked = hospital.seen.length;
    const pages = [await view({ name: '_count', valueInteger: 4 })];
    for (let url = next(pages[0] as Bundle); url !== undefined; url = next(pages.at(-1) as Bundle))
      pages.push(await read(await api.platform.call(url, generalPractitioner, { method: 'GET' })));
    expect(pages.length).toBe(Math.ceil(matches(whole).length / 4));
    expect(addresses(pages.flatMap(matches))).toEqual(addresses(matches(whole)));
    expect(pages.map(({ total }) => total)).toEqual(pages.map(() => whole.total));
    for (const page of pages) {
      const about = JSON.stringify(ofType(page, 'Provenance').map(({ resource }) => resource['target']));
      for (const { fullUrl } of matches(page)) expect(about).toContain(`"${fullUrl}"`);
      expect(ofType(page, 'OperationOutcome')).toHaveLength(1);
    }
    const all = new Set(pages.flatMap(({ entry }) => entry.map(({ fullUrl }) => fullUrl)));
    for (const { fullUrl, search } of whole.entry)
      if (search.mode !== 'outcome') expect(all).toContain(fullUrl);
    expect(hospital.seen.length).toBe(asked + 1);
  });

  it.each([0, -1, 1.5])('has no pages of %s', async (valueInteger) => {
    const response = await api.platform.call(`${api.url}/fhir/Patient/$everything`, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: asking(bsnA, { name: '_count', valueInteger }),
    });
    expect(response.status).toBe(400);
  });

  it('is not for streams', async () => {
    const response = await api.platform.call(`${api.url}/fhir/Patient/$everything`, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', accept: 'application/x-ndjson' },
      body: asking(bsnA, { name: '_count', valueInteger: 4 }),
    });
    expect(response.status).toBe(400);
  });
});

describe('what several sources say alike', () => {
  const dedupe = (valueCode: string): Promise<Bundle> => view({ name: '_dedupe', valueCode });
  const allergies = (bundle: Bundle): string[] =>
    matches(bundle).flatMap(({ resource: { id, resourceType } }) =>
      resourceType === 'AllergyIntolerance' && id.endsWith('-same') ? [id] : [],
    );

  it('is one fact', async () => {
    expect(allergies(await dedupe('collapse'))).toHaveLength(1);
    expect(allergies(await view())).toHaveLength(1);
  });

  it('or each record for itself, with one custodian and nothing behind it', async () => {
    const bundle = await dedupe('none');
    expect(allergies(bundle).sort()).toEqual(['g-same', 'h-same']);
    expect(ofType(bundle, 'Linkage')).toEqual([]);
    expect(ofType(bundle, 'Bundle')).toEqual([]);
    expect(
      ofType(bundle, 'Patient')
        .map(({ resource }) => resource.id)
        .sort(),
    ).toEqual(['g', 'h']);
    expect(bundle.total).toBe(matches(bundle).length);
  });

  it('or each record for itself, with a link between them', async () => {
    const bundle = await dedupe('link');
    expect(addresses(matches(bundle))).toEqual(addresses(matches(await dedupe('none'))));
    const linked = ofType(bundle, 'Linkage').map(({ resource }) =>
      (resource['item'] as { resource: { reference: string } }[])
        .map((item) => item.resource.reference)
        .sort(),
    );
    expect(linked).toContainEqual(
      [`${hospital.base}/AllergyIntolerance/h-same`, `${practice.base}/AllergyIntolerance/g-same`].sort(),
    );
  });

  it('or not at all as nobody knows', async () => {
    const response = await api.platform.call(`${api.url}/fhir/Patient/$everything`, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: asking(bsnA, { name: '_dedupe', valueCode: 'blend' }),
    });
    expect(response.status).toBe(400);
  });
});
