import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { bgz2017Patient } from './bgz-2017-patient.js';
import { A, B, bundleOf, DirectHolders, typesOf } from './direct-holders.js';
import { hospital, pharmacy } from './record-builders.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

interface Change {
  bsn: string;
  category: string;
  available: boolean;
  revision: number;
}

const PATIENCE = { timeout: 60_000 };
let holders: DirectHolders;

beforeAll(async () => {
  holders = await DirectHolders.start();
});
afterAll(() => holders?.stop());
beforeEach(() => holders.reset());

const administrator: Claims = { client_id: 'console', scope: 'record:admin', organization_ura: hospital };

function change(
  method: 'PUT' | 'DELETE',
  bsn: string,
  claims = administrator,
  tenant = hospital,
): Promise<Response> {
  const { record } = holders;
  return record.trust.fetch(`${record.url}/tenants/${tenant}/direct-patients`, record.url, claims, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bsn }),
  });
}

const changes = (): Promise<Change[]> => holders.record.log.payloads<Change>('availability.changed');
const held = async (bsn: string): Promise<string[]> => {
  const now = new Map(
    (await changes()).filter((one) => one.bsn === bsn).map((one) => [one.category, one.available]),
  );
  return [...now].flatMap(([category, available]) => (available ? [category] : [])).sort();
};
const asOwner = (sql: string): Promise<unknown> =>
  withClient(holders.record.database.url, (client) => client.query(sql));

const all = [
  'AllergyIntolerance',
  'Condition',
  'MedicationUse',
  'ObservationLaboratory',
  'ObservationVitalSigns',
];

it('registers the categories that the server has, and nothing else of the patient is kept', async () => {
  const response = await change('PUT', A);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ categories: all });
  expect(await held(A)).toEqual([...all, 'Patient'].sort());
  expect(await holders.stored()).toEqual({ resources: 0, patients: 1 });
  const before = (await changes()).length;
  expect((await change('PUT', A)).status).toBe(200);
  expect(await changes()).toHaveLength(before);
});

it('lets a patient who is known be searched by the id in an answer', async () => {
  const whole = await bundleOf(holders.everything(hospital, A));
  const id = whole.entry?.find(({ resource }) => resource.resourceType === 'Patient')?.resource.id ?? '';
  const base = holders.baseOf(hospital);
  const found = holders.record.trust.fetch(
    `${base}/Condition?patient=Patient/${id}`,
    base,
    generalPractitioner,
  );
  expect(typesOf(await bundleOf(found))).toEqual(['Condition']);
});

it('is looked at again when it is due, and what is gone is withdrawn', async () => {
  await change('PUT', A);
  holders.stu3.resources = bgz2017Patient('p1', A).filter(({ resourceType }) =>
    ['Patient', 'Condition'].includes(resourceType),
  );
  await asOwner(`UPDATE record.direct_patient SET due_at = now() - interval '1 hour'`);
  await holders.record.stopService();
  await holders.record.startService();
  await vi.waitFor(async () => expect(await held(A)).toEqual(['Condition', 'Patient']), PATIENCE);
});

it('stays as it was while the server does not answer everything', async () => {
  await change('PUT', A);
  const before = await held(A);
  holders.stu3.fault = (path, response) =>
    path === 'Condition' ? (response.writeHead(500).end(), true) : undefined;
  expect((await change('PUT', A)).status).toBe(503);
  expect(await held(A)).toEqual(before);
});

it('is withdrawn for good, once or twice', async () => {
  expect((await change('PUT', B)).status).toBe(200);
  expect(await held(B)).not.toEqual([]);
  for (const _time of ['once', 'twice']) expect((await change('DELETE', B)).status).toBe(204);
  expect(await held(B)).toEqual([]);
});

it('is refused for whom the server does not know, for what is no BSN, and to others', async () => {
  expect((await change('PUT', '999990007')).status).toBe(404);
  expect((await change('PUT', '123456789')).status).toBe(400);
  expect((await change('PUT', A, { ...administrator, organization_ura: pharmacy })).status).toBe(403);
  expect((await change('PUT', A, { ...administrator, scope: 'holder:read' })).status).toBe(403);
});
