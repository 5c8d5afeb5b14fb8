import { maximumBlindedPersons, SecondaryUseObjections } from '@samenhang/consent';
import { getUra } from '@samenhang/data-model';
import { MitzClient } from '@samenhang/mitz';
import { getBsn } from '@samenhang/patient-identity';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consentRegisterService } from '../src/index.js';
import { IndexStandIn } from './index-stand-in.js';
import { ServiceUnderTest } from './running-service.js';

const hospital = getUra('22222222');
const one = getBsn('900186021');
const other = getBsn('999901370');
const admin = { scope: 'consent:admin' };
const holder = { scope: 'consent:secondary-use consent:ask', organization_ura: hospital };
const index = new IndexStandIn();

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await ServiceUnderTest.start(consentRegisterService, await index.start(), {
    OBJECTION_NAMES_PER_DAY: '1000',
  });
});
afterAll(async () => {
  await service?.stop();
  await index.close();
});

const send = (claims: object, method: string, path: string, body: unknown): Promise<Response> =>
  service.issuer.fetch(
    `${service.url}${path}`,
    { ...claims },
    {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
  );
const optOut = async (use: string, bsn: string): Promise<void> =>
  expect((await send(admin, 'PUT', `/opt-outs/${use}`, { bsn })).status).toBe(200);
const takeBack = async (use: string, bsn: string): Promise<void> =>
  expect((await send(admin, 'DELETE', `/opt-outs/${use}`, { bsn })).status).toBe(204);

const bodies: string[] = [];
async function askRegister(request: unknown): Promise<unknown> {
  bodies.push(JSON.stringify(request));
  const response = await send(holder, 'POST', '/secondary-use/objections/_search', request);
  expect(response.status).toBe(200);
  const text = await response.text();
  bodies.push(text);
  return JSON.parse(text);
}

describe('an opt-out of secondary use', () => {
  it('is known to holders of that person only, until it is taken back, and without a number', async () => {
    const objections = new SecondaryUseObjections(askRegister);
    expect(await objections.whoObjects([one, other])).toEqual(new Set());
    await optOut('secondary', one);
    await optOut('secondary', one);
    expect(await objections.whoObjects([one, other])).toEqual(new Set([one]));
    // Another holder, or the same after a restart, arrives at the same.
    expect(await new SecondaryUseObjections(askRegister).whoObjects([other, one])).toEqual(new Set([one]));
    await takeBack('secondary', one);
    await optOut('secondary', other);
    expect(await objections.whoObjects([one, other])).toEqual(new Set([other]));
    await takeBack('secondary', other);
    expect(await objections.whoObjects([one, other])).toEqual(new Set());
    expect(bodies.join()).not.toContain(one);
  });

  it('is told by events under the same name, with no number in them', async () => {
    await optOut('secondary', one);
    const rows = await withClient(service.database.url, (client) =>
      client.query<{ key: string; payload: string }>(
        `SELECT key, payload::text AS payload FROM event_log.event
          WHERE type = 'consent.secondary-use-changed' ORDER BY position`,
      ),
    );
    const payloads = rows.rows.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    expect(payloads.at(-1)).toMatchObject({ objects: true });
    const answer = (await askRegister({ blinded: [], since: 0 })) as { objections: object[] };
    expect(answer.objections).toEqual([{ pseudonym: payloads.at(-1)?.['pseudonym'], objects: true }]);
    expect(JSON.stringify(rows.rows)).not.toContain(one);
    await takeBack('secondary', one);
  });

  it('leaves care as it is', async () => {
    await send(admin, 'PUT', '/choices', {
      bsn: one,
      holder: hospital,
      category: 'GGC002',
      decision: 'permit',
    });
    await optOut('secondary', one);
    expect((await closedQuestion(one)).permit).toBe(true);
    await takeBack('secondary', one);
  });
});

describe('a holder that asks', () => {
  it.each([
    ['nothing', {}, 400],
    ['what is no point', { blinded: ['AAAA'], since: 0 }, 400],
    ['the identity', { blinded: [Buffer.alloc(32).toString('base64url')], since: 0 }, 400],
    ['a number', { blinded: [900186021], since: 0 }, 400],
    ['a revision before the first', { blinded: [], since: -1 }, 400],
    ['too many', { blinded: Array<string>(maximumBlindedPersons + 1).fill('AAAA'), since: 0 }, 413],
  ])('for %s is refused', async (_name, body, status) => {
    const response = await send(holder, 'POST', '/secondary-use/objections/_search', body);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/\d{9}/);
  });

  it('needs the scope, and is a care provider', async () => {
    const body = { blinded: [], since: 0 };
    const ask = (claims: object): Promise<Response> =>
      send(claims, 'POST', '/secondary-use/objections/_search', body);
    expect((await ask({ scope: 'consent:ask', organization_ura: hospital })).status).toBe(403);
    expect((await ask({ scope: 'consent:secondary-use' })).status).toBe(403);
  });

  it('cannot have numbers named without end', async () => {
    const blinded = Array<string>(maximumBlindedPersons).fill(pointOfTheGroup);
    const gp = { scope: 'consent:secondary-use', organization_ura: '11111111' };
    const ask = (claims: object): Promise<Response> =>
      send(claims, 'POST', '/secondary-use/objections/_search', { blinded, since: 0 });
    expect((await ask(gp)).status).toBe(200);
    expect((await ask(gp)).status).toBe(200);
    const refused = await ask(gp);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('an opt-out of primary use', () => {
  it('denies every question about treatment, whatever was permitted, and nothing can be found', async () => {
    await send(admin, 'PUT', '/choices', {
      bsn: other,
      holder: hospital,
      category: 'GGC002',
      decision: 'permit',
    });
    expect((await closedQuestion(other)).permit).toBe(true);
    await optOut('primary', other);
    expect(await closedQuestion(other)).toEqual({ permit: false, reason: 'deny' });
    await vi.waitFor(() => expect(index.about(other)).toEqual([{}]), { timeout: 30_000 });
    const listed = await send(admin, 'POST', '/opt-outs/_search', { bsn: other });
    expect(await listed.json()).toMatchObject({ optOuts: [{ use: 'primary' }] });
    await takeBack('primary', other);
    expect((await closedQuestion(other)).permit).toBe(true);
    await vi.waitFor(() => expect(index.about(other)).toEqual([]), { timeout: 30_000 });
  });

  it('is for whoever administers choices, for the two uses that there are', async () => {
    expect((await send(holder, 'PUT', '/opt-outs/primary', { bsn: one })).status).toBe(403);
    expect((await send(admin, 'PUT', '/opt-outs/tertiary', { bsn: one })).status).toBe(404);
    expect((await send(admin, 'PUT', '/opt-outs/primary', { bsn: '123456789' })).status).toBe(422);
    expect((await send(admin, 'DELETE', '/opt-outs/primary', { bsn: one })).status).toBe(204);
  });
});

/** The generator of ristretto255 (RFC 9496, appendix A.1). */
const pointOfTheGroup = Buffer.from(
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
  'hex',
).toString('base64url');

function closedQuestion(patient: ReturnType<typeof getBsn>): Promise<{ permit: boolean; reason: string }> {
  const client = new MitzClient({
    baseUrl: service.url,
    send: (url, request) => service.issuer.fetch(url, { ...holder }, request),
  });
  return client.ask({
    patient,
    holder: { ura: hospital, facilityType: 'V4' },
    requester: { ura: getUra('11111111'), facilityType: 'Z3' },
    professional: { id: '000095254', roleCode: '01.015' },
    category: 'Condition',
    purposeOfUse: 'TREAT',
  });
}
