import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bgzPatient, sharedResources } from './bgz-patient.js';
import { bgzSearches } from './bgz-searches.js';
import { hospital, message } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';

interface Bundle {
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: {
    resource: FhirResource & Bundle;
    search?: { mode: string };
    response?: { status: string };
  }[];
}

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const patients = [...bgzPatient('pa', A), ...bgzPatient('pb', B)];
  const { type, key, tenant, payload } = message({ position: 1, changes: [...sharedResources, ...patients] });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${record.url}/status`)).json()) as {
        counts: { resources: number };
      };
      expect(status.counts.resources).toBe(sharedResources.length + patients.length);
    },
    { timeout: 60_000 },
  );
});
afterAll(() => record?.stop());

function post(path: string, body: string, contentType: string): Promise<Response> {
  return record.trust.fetch(`${base}${path}`, base, generalPractitioner, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
}

const byIdentifier = (path: string): string =>
  `${path.startsWith('Patient') ? '' : path.startsWith('Coverage') ? 'beneficiary.' : 'patient.'}identifier=${encodeURIComponent(`${identifierSystems.bsn}|${A}`)}`;

async function search(asked: string): Promise<Bundle> {
  const [path = '', criteria = ''] = asked.split('?');
  const at = path.includes('$') ? `/${path}` : `/${path}/_search`;
  const form = `${byIdentifier(path)}&${criteria.replaceAll('|', '%7C')}`;
  const response = await post(at, form, 'application/x-www-form-urlencoded');
  const text = await response.text();
  expect(response.status, `${asked}: ${text}`).toBe(200);
  expect(text.includes(B) || text.includes('pb-')).toBe(false);
  return JSON.parse(text) as Bundle;
}

const count = ({ entry = [] }: Bundle, mode: string): number =>
  entry.filter((each) => each.search?.mode === mode).length;

describe('each search of the BgZ, by BSN in the body', () => {
  it.each(bgzSearches)('%s: %i and %i', async (asked, matches, included) => {
    const found = await search(asked);
    expect(validateResource(found)).toEqual([]);
    expect([count(found, 'match'), count(found, 'include'), count(found, 'outcome')]).toEqual([
      matches,
      included,
      0,
    ]);
    expect(found.total).toBe(matches);
    expect(JSON.stringify(found.link)).not.toContain(A);
  });

  it.each(bgzSearches)('%s with where each fact comes from', async (asked, matches, included) => {
    const found = await search(`${asked}${asked.includes('?') ? '&' : '?'}_revinclude=Provenance:target`);
    expect(validateResource(found)).toEqual([]);
    expect(count(found, 'match')).toBe(matches);
    expect(count(found, 'include')).toBe(included + matches);
    const provenances = (found.entry ?? []).filter(({ resource }) => resource.resourceType === 'Provenance');
    expect(provenances).toHaveLength(matches);
  });

  it('takes as many statements for one search as for another: the search itself is one', async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const statements: number[] = [];
    for (const [asked] of bgzSearches) {
      query.mockClear();
      await search(`${asked}${asked.includes('?') ? '&' : '?'}_revinclude=Provenance:target&_total=accurate`);
      const texts = query.mock.calls.map(([first]) => {
        const config = first as unknown;
        return typeof config === 'string' ? config : ((config as { text?: string }).text ?? '');
      });
      expect(texts.filter((text) => text.includes('AS MATERIALIZED'))).toHaveLength(1);
      statements.push(texts.filter((text) => /from (?:resource|patient)\b/i.test(text)).length);
    }
    query.mockRestore();
    // The person, and what is held of the person.
    expect(new Set(statements)).toEqual(new Set([2]));
  });
});

describe('the BgZ in one Bundle', () => {
  const bundle = (type: string, urls: readonly string[]): string =>
    JSON.stringify({
      resourceType: 'Bundle',
      type,
      entry: urls.map((url) => ({ request: { method: 'GET', url } })),
    });
  const url = (asked: string): string =>
    `${asked}${asked.includes('?') ? '&' : '?'}${byIdentifier(asked.split('?')[0] ?? '')}`;

  const other = (asked: string): string => url(asked).replace(A, B);

  it.each(['batch', 'transaction'])(
    'answers a %s with as many searchsets, after one round of consent',
    async (type) => {
      record.trust.questions.length = 0;
      const events = (await record.log.payloads('audit.recorded')).length;
      const response = await post(
        '',
        bundle(
          type,
          bgzSearches.map(([asked]) => url(asked)),
        ),
        'application/fhir+json',
      );
      const text = await response.text();
      expect(response.status, text).toBe(200);
      const answer = JSON.parse(text) as Bundle;
      expect(validateResource(answer)).toEqual([]);
      expect(answer.entry?.map(({ resource }) => count(resource, 'match'))).toEqual(
        bgzSearches.map(([, matches]) => matches),
      );
      // The register tells three kinds of data apart.
      expect(record.trust.questions).toHaveLength(3);
      expect(await record.log.payloads('audit.recorded')).toHaveLength(events + 1);
    },
  );

  it('answers each search as it is answered by itself, from one statement', async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const urls = bgzSearches.map(([asked]) => url(asked));
    const answer = (await (await post('', bundle('batch', urls), 'application/fhir+json')).json()) as Bundle;
    const texts = query.mock.calls.map(([first]) => JSON.stringify(first));
    query.mockRestore();
    expect(texts.filter((text) => text.includes('AS MATERIALIZED'))).toHaveLength(1);
    const alone = [];
    for (const [asked] of bgzSearches) alone.push((await search(asked)).entry);
    expect(answer.entry?.map(({ resource }) => resource.entry)).toEqual(alone);
  });

  it('refuses each entry of a batch by itself, and a transaction as a whole', async () => {
    const urls = [url('Condition'), 'Observation/pa-lab-part', 'Nonsense?x=y', url('Condition?_count=no')];
    const answer = (await (await post('', bundle('batch', urls), 'application/fhir+json')).json()) as Bundle;
    expect(answer.entry?.map(({ response }) => response?.status)).toEqual(['200', '404', '404', '400']);
    expect((await post('', bundle('transaction', urls), 'application/fhir+json')).status).toBe(404);
  });

  it.each([
    [
      'two patients',
      ['Condition', url('Condition')].map((each, index) => (index === 0 ? other(each) : each)),
    ],
    ['a patient by id', ['Condition?patient=Patient/pb']],
    ['a fact by id', ['Condition/pb-problem']],
    ['nobody', ['Condition']],
  ])('is about one patient, named by identifier: %s', async (_what, urls) => {
    const response = await post('', bundle('batch', urls), 'application/fhir+json');
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('"Bundle"');
  });

  it('writes nothing', async () => {
    const write = JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: 'Condition/pa-problem' } }],
    });
    expect((await post('', write, 'application/fhir+json')).status).toBe(400);
    expect((await post('', '{"resourceType":"Patient"}', 'application/fhir+json')).status).toBe(400);
  });
});
