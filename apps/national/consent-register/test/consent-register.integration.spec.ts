import { getUra } from '@samenhang/data-model';
import { MitzClient, questionPath, soapMediaType } from '@samenhang/mitz';
import { getBsn } from '@samenhang/patient-identity';
import type { ConsentAnswer, ConsentQuestion } from '@samenhang/consent';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consentRegisterService } from '../src/index.js';
import { ServiceUnderTest } from './running-service.js';

const bsn = '900186021';
const hospital = getUra('22222222');
const question: ConsentQuestion = {
  patient: getBsn(bsn),
  holder: { ura: hospital, facilityType: 'V4' },
  requester: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'ObservationLaboratory',
  purposeOfUse: 'TREAT',
};
const admin = { scope: 'consent:admin' };
const asker = { scope: 'consent:ask', organization_ura: hospital };

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await ServiceUnderTest.start(consentRegisterService);
});
afterAll(() => service?.stop());
beforeEach(() =>
  withClient(service.database.url, (client) => client.query('TRUNCATE consent_register.choice')),
);

const json = (method: string, body: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const put = (choice: Record<string, unknown>, claims = admin): Promise<Response> =>
  service.issuer.fetch(`${service.url}/choices`, claims, json('PUT', { bsn, ...choice }));

function ask(change: Partial<ConsentQuestion> = {}): Promise<ConsentAnswer> {
  const send = (
    url: string,
    request: { method: 'POST'; headers: Record<string, string>; body: string },
  ): Promise<Response> => service.issuer.fetch(url, asker, request);
  return new MitzClient({ baseUrl: service.url, send }).ask({ ...question, ...change });
}

describe('the closed question over HTTP', () => {
  it('is a no while the citizen chose nothing', async () => {
    expect(await ask()).toEqual({ permit: false, reason: 'not-applicable' });
  });

  it('is a yes after a permit, for the parts of what was permitted as well', async () => {
    expect((await put({ holder: hospital, category: 'GGC002', decision: 'permit' })).status).toBe(200);
    expect(await ask()).toEqual({ permit: true, reason: 'permit' });
    expect((await ask({ category: 'MedicationUse' })).permit).toBe(true);
    expect((await ask({ category: 'Condition' })).permit).toBe(true);
  });

  it('a part does not permit the whole', async () => {
    await put({ holder: hospital, category: 'GGC013', decision: 'permit' });
    expect((await ask({ category: 'MedicationUse' })).permit).toBe(true);
    expect((await ask({ category: 'ObservationLaboratory' })).reason).toBe('not-applicable');
    expect((await ask({ category: 'Condition' })).reason).toBe('not-applicable');
  });

  it('an objection of a named holder outdoes a permit for its type; a change of mind replaces it', async () => {
    await put({ holderCategory: 'V4', category: 'GGC002', decision: 'permit' });
    await put({ holder: hospital, category: 'GGC002', decision: 'deny' });
    expect(await ask()).toEqual({ permit: false, reason: 'deny' });
    await put({ holder: hospital, category: 'GGC002', decision: 'permit' });
    expect((await ask()).permit).toBe(true);
  });

  it('a choice about a category of requesters is about those', async () => {
    await put({ holder: hospital, requesterCategory: 'RPZAC001', category: 'GGC002', decision: 'permit' });
    expect((await ask()).permit).toBe(true);
    const pharmacy = { ura: getUra('44444444'), facilityType: 'A1' };
    expect((await ask({ requester: pharmacy })).reason).toBe('not-applicable');
  });

  it('other citizens, holders and purposes have no part in it', async () => {
    await put({ holder: hospital, category: 'GGC002', decision: 'permit' });
    expect((await ask({ patient: getBsn('999901370') })).permit).toBe(false);
    expect((await ask({ purposeOfUse: 'HRESCH' })).permit).toBe(false);
  });

  it('only the holder may ask', async () => {
    await put({ holderCategory: 'X3', category: 'GGC002', decision: 'permit' });
    expect(await ask({ holder: { ura: getUra('33333333'), facilityType: 'X3' } })).toEqual({
      permit: false,
      reason: 'unreachable',
    });
  });

  it('a malformed question gets a SOAP fault that quotes nothing', async () => {
    const request = { method: 'POST', headers: { 'content-type': soapMediaType }, body: `<x>${bsn}</x>` };
    const response = await service.issuer.fetch(`${service.url}${questionPath}`, asker, request);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/soap+xml');
    const text = await response.text();
    expect(text).toContain('soap:Sender');
    expect(text).not.toContain(bsn);
  });

  it('needs a SOAP 1.2 message, a token and the scope', async () => {
    const address = `${service.url}${questionPath}`;
    expect((await service.issuer.fetch(address, asker, json('POST', {}))).status).toBe(415);
    expect(
      (await fetch(address, { method: 'POST', headers: { 'content-type': soapMediaType }, body: '<x/>' }))
        .status,
    ).toBe(401);
    expect(
      (
        await service.issuer.fetch(address, admin, {
          method: 'POST',
          headers: { 'content-type': soapMediaType },
          body: '<x/>',
        })
      ).status,
    ).toBe(403);
  });
});

describe('choices', () => {
  it('are listed and withdrawn for one citizen', async () => {
    await put({ holder: hospital, category: 'GGC002', decision: 'permit' });
    const listed = await service.issuer.fetch(`${service.url}/choices/_search`, admin, json('POST', { bsn }));
    const { choices } = (await listed.json()) as { choices: { id: string; decision: string }[] };
    expect(choices).toMatchObject([{ holder: { ura: hospital }, category: 'GGC002', decision: 'permit' }]);
    const address = `${service.url}/choices/${choices[0]?.id}`;
    expect((await service.issuer.fetch(address, admin, json('DELETE', { bsn: '999901370' }))).status).toBe(
      404,
    );
    expect((await service.issuer.fetch(address, admin, json('DELETE', { bsn }))).status).toBe(204);
    expect((await ask()).reason).toBe('not-applicable');
  });

  it.each([
    [
      'a number that fails the eleven-test',
      { bsn: '123456789', holder: hospital, category: 'GGC002', decision: 'permit' },
    ],
    ['no holder', { category: 'GGC002', decision: 'permit' }],
    ['two holders', { holder: hospital, holderCategory: 'V4', category: 'GGC002', decision: 'permit' }],
    ['an unknown category', { holder: hospital, category: 'GGC999', decision: 'permit' }],
    [
      'an unknown requester category',
      { holder: hospital, requesterCategory: 'X', category: 'GGC002', decision: 'permit' },
    ],
    ['no decision', { holder: hospital, category: 'GGC002' }],
    ['an unknown field', { holder: hospital, category: 'GGC002', decision: 'permit', purpose: 'all' }],
  ])('refuse %s', async (_, choice) => {
    const response = await put(choice);
    expect(response.status).toBe(422);
    expect(await response.text()).not.toMatch(/\d{9}/);
  });

  it('are for whoever administers them', async () => {
    expect((await put({ holder: hospital, category: 'GGC002', decision: 'permit' }, asker)).status).toBe(403);
  });

  it('keep no number of a citizen', async () => {
    await put({ holder: hospital, category: 'GGC002', decision: 'permit' });
    const rows = await withClient(service.database.url, (client) =>
      client.query('SELECT * FROM consent_register.choice'),
    );
    expect(JSON.stringify(rows.rows)).not.toContain(bsn);
  });
});

describe('what holders hear of it', () => {
  const heard = () =>
    withClient(service.database.url, async (client) => {
      const rows = await client.query<{ payload: string; tenant: string | null; key: string }>(
        `SELECT payload::text AS payload, tenant, key FROM event_log.event
          WHERE type = 'consent.objection-changed' ORDER BY position`,
      );
      return rows.rows.map((row) => ({
        ...row,
        payload: JSON.parse(row.payload) as Record<string, unknown>,
      }));
    });

  it('is told in order, with the citizen in the payload only', async () => {
    const before = (await heard()).length;
    const whole = { holder: hospital, category: 'GGC002' };
    const { id } = (await (await put({ ...whole, decision: 'deny' })).json()) as { id: string };
    await put({ holder: hospital, category: 'GGC012', decision: 'permit' });
    await service.issuer.fetch(`${service.url}/choices/${id}`, admin, json('DELETE', { bsn }));
    await put({ holderCategory: 'V4', category: 'GGC002', decision: 'deny' });
    const events = (await heard()).slice(before);
    expect(events.map(({ payload }) => payload['position'])).toEqual([
      'objects',
      'permits',
      'permits',
      'objects',
    ]);
    expect(events.map(({ tenant }) => tenant)).toEqual([hospital, hospital, hospital, null]);
    expect(events.at(-1)?.payload['holder']).toEqual({ facilityType: 'V4' });
    const revisions = events.map(({ payload }) => Number(payload['revision']));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(new Set(revisions).size).toBe(4);
    expect(JSON.stringify(events.map(({ key }) => key))).not.toContain(bsn);
  });
});
