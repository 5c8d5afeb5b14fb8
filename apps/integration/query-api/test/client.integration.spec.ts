import { SamenhangClient, type PatientView } from '@samenhang/client';
import type { FhirResource } from '@samenhang/data-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generalPractitioner } from './claims.js';
import { twoHolders } from './patient-record.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA, holdingWhole, StandInHolder } from './stand-in-holder.js';

interface Examples {
  watch(client: SamenhangClient, bsn: string, show: (text: string) => void): Promise<PatientView>;
  whole(client: SamenhangClient, bsn: string): Promise<PatientView>;
  activeProblems(client: SamenhangClient, bsn: string, since: string): Promise<FhirResource[]>;
  lastVitals(client: SamenhangClient, bsn: string): Promise<FhirResource[]>;
  exportBgz(client: SamenhangClient, bsn: string): Promise<string>;
  countFacts(client: SamenhangClient, bsn: string): Promise<number>;
  summarySections(client: SamenhangClient, bsn: string): Promise<string[]>;
  searchableTypes(client: SamenhangClient): Promise<string[]>;
}

const categories = [
  'Patient',
  'Condition',
  'AllergyIntolerance',
  'MedicationRequest',
  'ObservationLaboratory',
  'ObservationVitalSigns',
] as const;

let api: RunningQueryApi;
let hospital: StandInHolder;
let practice: StandInHolder;
let client: SamenhangClient;
let examples: Examples;
/** How often the hospital fails before it answers. */
let failures = 0;

beforeAll(async () => {
  examples = (await import(
    new URL('../../../../docs/guides/examples/ask.mjs', import.meta.url).href
  )) as Examples;
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '30000' });
  const records = twoHolders();
  const answer = holdingWhole(records.hospital.resources);
  hospital = await StandInHolder.startWhole((request, reply, base) => {
    failures -= 1;
    return failures >= 0 ? reply.code(503).send('{}') : answer(request, reply, base);
  });
  practice = await StandInHolder.startWhole(holdingWhole(records.practice.resources));
  api.platform.providers = [
    { ura: '22222222', name: 'Hospital', address: hospital.base, categories },
    { ura: '11111111', name: 'Practice', address: practice.base, categories },
  ];
  client = new SamenhangClient({
    baseUrl: api.url,
    tokens: await api.platform.tokenSource(generalPractitioner),
  });
});
beforeEach(() => {
  failures = 0;
});
afterAll(async () => {
  await Promise.all([hospital.close(), practice.close()]);
  await api.stop();
});

const ids = (resources: readonly FhirResource[]): string[] => resources.map(({ id }) => id);

describe('the examples of the guide', () => {
  it('watch a view come in', async () => {
    const shown: string[] = [];
    const view = await examples.watch(client, bsnA, (text) => shown.push(text));
    expect(shown).toHaveLength(2);
    expect(shown.at(-1)).toMatch(/^2 of 2: (11111111|22222222) ok$/);
    expect(view.problems.map(({ resource }) => resource.id).sort()).toEqual(['g-c1', 'h-c1', 'h-c2']);
  });

  it('complete a view that lacked a source', async () => {
    failures = 1;
    const asked = practice.seen.length;
    const view = await examples.whole(client, bsnA);
    expect(view.missing).toEqual([]);
    expect(view.retry).toBeUndefined();
    expect(view.problems).toHaveLength(3);
    expect(practice.seen).toHaveLength(asked + 1);
  });

  it('search through all pages', async () => {
    expect(ids(await examples.activeProblems(client, bsnA, '2015'))).toEqual(['h-c1', 'g-c1']);
  });

  it('find the last of each vital sign', async () => {
    expect(ids(await examples.lastVitals(client, bsnA)).sort()).toEqual(['h-bp2', 'h-w1']);
  });

  it('go through everything, a page at a time', async () => {
    const { bundle } = await client.patientView(bsnA);
    expect(await examples.countFacts(client, bsnA)).toBe(bundle['total']);
  });

  it('show what sections a summary has', async () => {
    expect(await examples.summarySections(client, bsnA)).toContain('Problem List');
  });

  it('say what can be searched for', async () => {
    expect(await examples.searchableTypes(client)).toEqual(
      expect.arrayContaining(['Patient', 'DocumentReference', 'Subscription']),
    );
  });

  it('export the basic data set', async () => {
    const text = await examples.exportBgz(client, bsnA);
    expect(JSON.parse(text)).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(text).toContain('"h-c1"');
  });
});

describe('the typed client', () => {
  it('goes through pages one by one', async () => {
    const pages: string[][] = [];
    for await (const page of client.search(bsnA, 'Condition', { _count: 1 })) {
      expect(page.total).toBe(3);
      pages.push(ids(page.resources));
    }
    expect(pages.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(pages.flat()).size).toBe(3);
  });

  it('narrows a view', async () => {
    const view = await client.patientView(bsnA, { types: ['Condition'], start: '2024-01-01' });
    expect(view.problems.map(({ resource }) => resource.id).sort()).toEqual(['h-c1']);
    expect(view.vitalSigns).toEqual([]);
  });

  it('tells what is wrong with a search', async () => {
    await expect(client.search(bsnA, 'Condition', { 'onset-date': 'x' }).next()).rejects.toMatchObject({
      kind: 'malformed',
    });
    await expect(client.search('123', 'Condition').next()).rejects.toMatchObject({ kind: 'malformed' });
  });
});
