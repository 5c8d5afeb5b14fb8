import type { FhirResource } from '@samenhang/data-model';
import { PatientBinding } from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { twoHolders } from './patient-record.js';
import { patientBinding, RunningQueryApi } from './running-query-api.js';
import { subscriptionTo } from './subscribing.js';
import { bsnA, bsnB, holdingWhole, patient, StandInHolder } from './stand-in-holder.js';

interface Bundle {
  readonly type: string;
  readonly entry: { readonly resource: FhirResource; readonly search?: { readonly mode: string } }[];
}

const bindingOf = (bsn: string): string =>
  new PatientBinding(patientBinding).seal(`http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`);
const citizen = {
  scope: 'view:read',
  purpose_of_use: 'PATRQT',
  patient_binding: bindingOf(bsnA),
  data_holders: ['22222222', '11111111'],
};
const ownOnly = JSON.stringify({ resourceType: 'Parameters' });

let api: RunningQueryApi;
let hospital: StandInHolder;
let practice: StandInHolder;
let other: StandInHolder;

beforeAll(async () => {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '20000' });
  const records = twoHolders();
  hospital = await StandInHolder.startWhole(holdingWhole(records.hospital.resources));
  practice = await StandInHolder.startWhole(holdingWhole(records.practice.resources));
  other = await StandInHolder.startWhole(holdingWhole([patient('o')]));
  api.platform.providers = [
    { ura: '22222222', name: 'Hospital', address: hospital.base, categories: ['Patient'] },
    { ura: '11111111', name: 'Practice', address: practice.base, categories: ['Patient'] },
    { ura: '33333333', name: 'Other', address: other.base, categories: ['Patient'] },
  ];
});
afterAll(async () => {
  await Promise.all([hospital, practice, other].map((holder) => holder.close()));
  await api.stop();
});

function ask(
  operation: string,
  claims: Record<string, unknown> = citizen,
  body = ownOnly,
): Promise<Response> {
  return api.platform.call(`${api.url}/fhir/Patient/$${operation}`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body,
  });
}
const bundleOf = async (response: Response): Promise<Bundle> => {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as Bundle;
};
const ids = ({ entry }: Bundle, type: string): string[] =>
  entry.filter(({ resource }) => resource.resourceType === type).map(({ resource }) => resource.id);

describe('a citizen', () => {
  it('sees their own data of every care provider of the leave, without naming anybody or being looked up', async () => {
    const before = api.platform.localisations;
    const bundle = await bundleOf(await ask('everything'));
    expect(ids(bundle, 'Condition').sort()).toEqual(['g-c1', 'h-c1', 'h-c2']);
    expect(api.platform.localisations).toBe(before);
    expect(other.seen).toEqual([]);
    const exchanges = api.platform.tokenRequests.filter(({ scope }) => scope === 'holder:read');
    expect(exchanges.map(({ resource }) => resource).sort()).toEqual([hospital.base, practice.base].sort());
  });

  it('may name themselves, and gets the summary too', async () => {
    expect(ids(await bundleOf(await ask('everything', citizen, asking(bsnA))), 'Condition')).toHaveLength(3);
    const summary = await bundleOf(await ask('summary'));
    expect(summary.type).toBe('document');
    expect(ids(summary, 'Condition')).toHaveLength(3);
    expect((await bundleOf(await ask('bgz'))).type).toBe('searchset');
  });

  it('sees nothing of another, and the attempt is recorded', async () => {
    const asked = hospital.seen.length;
    const response = await ask('everything', citizen, asking(bsnB));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('not_own_data');
    expect(hospital.seen.length).toBe(asked);
    const denied = await withClient(api.database.url, async (client) => {
      const { rows } = await client.query<{ count: unknown }>(
        `SELECT count(*) AS count FROM event_log.event WHERE type = 'audit.recorded' AND payload::text LIKE '%not_own_data%'`,
      );
      return Number(rows[0]?.count);
    });
    expect(denied).toBe(1);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a token for nobody', { ...citizen, patient_binding: undefined }, 400],
    ['a token sealed by another', { ...citizen, patient_binding: 'x'.repeat(60) }, 400],
    ['a professional beside it', { ...citizen, user_id: '000095254', user_role: '01.015' }, 403],
    ['leave for nobody', { ...citizen, data_holders: undefined }, 403],
    ['another scope', { ...citizen, scope: 'holder:read' }, 403],
    ['a professional who names no one', generalPractitioner, 400],
  ])('is refused with %s', async (_, claims, status) => {
    expect((await ask('everything', claims)).status).toBe(status);
  });

  it('narrows the view with scopes', async () => {
    const claims = { ...citizen, scope: 'view:read patient/Patient.rs patient/Condition.rs' };
    const bundle = await bundleOf(await ask('everything', claims));
    expect(ids(bundle, 'Condition')).toHaveLength(3);
    expect(ids(bundle, 'Observation')).toEqual([]);
  });

  it('searches too; a page of it is for nobody else', async () => {
    const search = await api.platform.call(`${api.url}/fhir/Condition/_search`, citizen, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        'patient.identifier': `http://fhir.nl/fhir/NamingSystem/bsn|${bsnA}`,
        _count: '1',
      }).toString(),
    });
    const { link } = (await search.json()) as { link: { relation: string; url: string }[] };
    const next = link.find(({ relation }) => relation === 'next')?.url ?? '';
    const page = (claims: Record<string, unknown>): Promise<Response> =>
      api.platform.call(next, claims, { method: 'GET' });
    expect((await page(citizen)).status).toBe(200);
    const stranger = await page({ ...citizen, patient_binding: bindingOf(bsnB) });
    expect(stranger.status).toBe(403);
    expect(await stranger.text()).not.toContain('Condition');
  });

  it('does not subscribe: changes are found by way of the index', async () => {
    const response = await api.platform.call(`${api.url}/fhir/Subscription`, citizen, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: subscriptionTo({ channel: { type: 'websocket' } }),
    });
    expect(response.status, await response.text()).toBe(403);
  });

  it('does not get what was kept for another citizen', async () => {
    const broken = { ...citizen, data_holders: ['22222222', '44444444'] };
    const first = await bundleOf(await ask('everything', broken));
    const retry = JSON.stringify(first).match(/retry-token","valueString":"([^"]+)"/)?.[1] ?? '';
    expect(retry).not.toBe('');
    const again = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [{ name: 'retry', valueString: retry }],
    });
    const stranger = { ...broken, patient_binding: bindingOf(bsnB) };
    expect((await ask('everything', stranger, again)).status).toBe(404);
    expect((await ask('everything', broken, again)).status).toBe(200);
  });
});
