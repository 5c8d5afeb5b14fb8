import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getUra } from '@samenhang/data-model';
import { readNotification, writeSubscription, type MitzNotification } from '@samenhang/mitz';
import { getBsn } from '@samenhang/patient-identity';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consentRegisterService } from '../src/index.js';
import { ServiceUnderTest } from './running-service.js';

const hospital = getUra('22222222');
const patient = getBsn('900186021');
const other = getBsn('999901370');
const admin = { scope: 'consent:admin' };
const holder = { scope: 'consent:ask', organization_ura: hospital };
const SECRET = 'Bearer of-the-subscriber';

/** What the subscriber was told, and what it answers. */
const told: MitzNotification[] = [];
let status = 204;
const subscriber = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const notification = readNotification(JSON.parse(text));
    if (request.headers.authorization === SECRET && notification !== undefined && status < 300)
      told.push(notification);
    response.writeHead(status).end();
  });
});

let service: ServiceUnderTest;
let endpoint: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => subscriber.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/told`;
  service = await ServiceUnderTest.start(consentRegisterService, 'http://127.0.0.1:9', {
    NOTIFY_SERVERS: '127.0.0.1',
    STATE_RESTRICTIONS: 'false',
  });
});
afterAll(async () => {
  await service?.stop();
  subscriber.closeAllConnections();
  await new Promise((resolve) => subscriber.close(resolve));
});

const send = (claims: object, method: string, path: string, body: unknown): Promise<Response> =>
  service.issuer.fetch(
    `${service.url}${path}`,
    { ...claims },
    { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
const subscribe = (change: object = {}, claims: object = holder): Promise<Response> =>
  send(
    claims,
    'POST',
    '/abonnementen/fhir/Subscription',
    writeSubscription({
      patient,
      holder: hospital,
      holderType: 'V4',
      endpoint,
      header: `Authorization: ${SECRET}`,
      ...change,
    }),
  );
async function choose(choice: object): Promise<string> {
  const body = { bsn: patient, holder: hospital, category: 'GGC002', ...choice };
  return ((await (await send(admin, 'PUT', '/choices', body)).json()) as { id: string }).id;
}
const last = (expected: string): Promise<void> =>
  vi.waitFor(() => expect(told.at(-1)?.status).toBe(expected), { timeout: 30_000 });

describe('a subscriber', () => {
  it('is told when the consent becomes inactive, and active again, of that patient and holder', async () => {
    const response = await subscribe();
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toContain('/abonnementen/fhir/Subscription/');
    const text = await response.text();
    expect(text).toContain('"active"');
    expect(text).not.toMatch(/900186021|of-the-subscriber/);
    const id = await choose({ decision: 'deny' });
    await last('inactive');
    expect(told.at(-1)).toMatchObject({ patient, holder: hospital });
    await send(admin, 'DELETE', `/choices/${id}`, { bsn: patient });
    await last('active');
    await send(admin, 'PUT', '/opt-outs/primary', { bsn: patient });
    await last('inactive');
    await send(admin, 'DELETE', '/opt-outs/primary', { bsn: patient });
    await last('active');
  });

  it('that is away is told when it is back, of what holds then', async () => {
    status = 503;
    const before = told.length;
    const id = await choose({ decision: 'deny' });
    await vi.waitFor(
      async () => {
        const [row] = await withClient(service.database.url, async (client) => {
          const found = await client.query<{ attempts: number }>(
            'SELECT attempts FROM consent_register.subscription',
          );
          return found.rows;
        });
        expect(row?.attempts).toBeGreaterThan(0);
      },
      { timeout: 30_000 },
    );
    await send(admin, 'DELETE', `/choices/${id}`, { bsn: patient });
    status = 204;
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), { timeout: 30_000 });
    expect(told.slice(before).map((each) => each.status)).toEqual(['active']);
  });

  it('that comes when the patient objects already is told so at once', async () => {
    await choose({ bsn: other, holder: undefined, holderCategory: 'V4', decision: 'deny' });
    expect((await subscribe({ patient: other })).status).toBe(201);
    await last('inactive');
    expect(told.at(-1)?.patient).toBe(other);
  });

  it('is kept without a number or a secret in the clear', async () => {
    const rows = await withClient(service.database.url, (client) =>
      client.query('SELECT * FROM consent_register.subscription'),
    );
    expect(rows.rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows.rows)).not.toMatch(/900186021|of-the-subscriber/);
  });

  it('is the holder, and is called where the deployment lets it', async () => {
    expect((await subscribe({ holder: getUra('44444444') })).status).toBe(403);
    expect((await subscribe({}, { ...holder, scope: 'consent:admin' })).status).toBe(403);
    expect((await subscribe({ endpoint: 'http://169.254.169.254/latest' })).status).toBe(422);
    expect((await subscribe({ endpoint: 'file:///etc/passwd' })).status).toBe(422);
    expect((await send(holder, 'POST', '/abonnementen/fhir/Subscription', {})).status).toBe(422);
  });
});
