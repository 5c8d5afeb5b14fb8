import { getUra } from '@samenhang/data-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consentRegisterService } from '../src/index.js';
import { IndexStandIn } from './index-stand-in.js';
import { ServiceUnderTest } from './running-service.js';

const hospital = getUra('22222222');
const admin = { scope: 'consent:admin' };
const index = new IndexStandIn();

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await ServiceUnderTest.start(consentRegisterService, await index.start());
});
afterAll(async () => {
  await service?.stop();
  await index.close();
});

async function choose(bsn: string, choice: Record<string, unknown>): Promise<string> {
  const response = await service.issuer.fetch(`${service.url}/choices`, admin, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bsn, holder: hospital, category: 'GGC002', decision: 'deny', ...choice }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}

async function withdraw(bsn: string, id: string): Promise<void> {
  const response = await service.issuer.fetch(`${service.url}/choices/${id}`, admin, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bsn }),
  });
  expect(response.status).toBe(204);
}

const stated = (bsn: string, expected: readonly object[]): Promise<void> =>
  vi.waitFor(() => expect(index.about(bsn)).toEqual(expected), { timeout: 15_000 });

describe('the reference index', () => {
  it('is told what may not be found, to whom, and that it may again', async () => {
    const bsn = '900186021';
    const id = await choose(bsn, { requesterCategory: 'RPZAC003' });
    await stated(bsn, [{ custodian: hospital, requester_type: 'G5' }]);
    await choose(bsn, { category: 'GGC012' });
    await stated(bsn, [
      { custodian: hospital, category: 'ObservationLaboratory' },
      { custodian: hospital, requester_type: 'G5' },
    ]);
    await withdraw(bsn, id);
    await stated(bsn, [{ custodian: hospital, category: 'ObservationLaboratory' }]);
    await choose(bsn, { category: 'GGC012', decision: 'permit' });
    await stated(bsn, []);
    expect(index.scopes).toEqual(new Set(['prs:evaluate', 'nvi:restrict nvi:restrict-any']));
    expect(index.bodies.join()).not.toContain(bsn);
  });

  it('that is down is told when it is back, of the choices of then', async () => {
    const bsn = '999901370';
    index.indexStatus = 503;
    const before = index.refused;
    const id = await choose(bsn, {});
    await vi.waitFor(() => expect(index.refused).toBeGreaterThan(before), { timeout: 15_000 });
    await choose(bsn, { category: 'GGC013', requesterCategory: 'RPZAC005' });
    await withdraw(bsn, id);
    expect(index.about(bsn)).toBeUndefined();
    index.indexStatus = undefined;
    await stated(
      bsn,
      ['MedicationRequest', 'MedicationDispense', 'MedicationUse'].map((category) => ({
        custodian: hospital,
        category,
        requester_type: 'A1',
      })),
    );
  });
});
