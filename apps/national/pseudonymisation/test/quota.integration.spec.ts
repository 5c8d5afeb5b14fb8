import { blind, encodeBase64Url } from '@samenhang/oprf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

let service: RunningPseudonymisation;
beforeAll(async () => {
  service = await startPseudonymisation({ ORGANISATION_QUOTA_PER_DAY: '10', CLIENT_QUOTA_PER_DAY: '15' });
});
afterAll(() => service.stop());

async function evaluate(ura: string, points: number): Promise<Response> {
  const encryptedPersonalIds = Array.from({ length: points }, () =>
    encodeBase64Url(blind(Buffer.from('person')).blindedElement),
  );
  const body = JSON.stringify({
    encryptedPersonalIds,
    recipientOrganization: nvi.organisation,
    recipientScope: nvi.scope,
  });
  const claims = { scope: 'prs:evaluate', organization_ura: ura };
  const headers = { 'content-type': 'application/json' };
  return service.issuer.fetch(`${service.url}/oprf/eval-batch`, claims, { method: 'POST', headers, body });
}

describe('quotas', () => {
  it('count points, refuse what exceeds them with Retry-After, and leave others alone', async () => {
    expect((await evaluate('22222222', 10)).status).toBe(200);
    const refused = await evaluate('22222222', 1);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await evaluate('44444444', 1)).status).toBe(200);
  });

  it('hold for a client over all its organisations, so that changing the organisation gains nothing', async () => {
    const statuses: number[] = [];
    for (const ura of ['10000001', '10000002', '10000003', '10000004'])
      statuses.push((await evaluate(ura, 2)).status);
    expect(statuses).toContain(429);
  });

  it('are counted exactly under concurrency', async () => {
    await service.query('TRUNCATE evaluation_usage');
    const responses = await Promise.all(Array.from({ length: 20 }, () => evaluate('55555555', 1)));
    expect(responses.filter((response) => response.status === 200)).toHaveLength(10);
  });
});
