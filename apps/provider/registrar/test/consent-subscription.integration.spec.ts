import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getUra } from '@samenhang/data-model';
import { readSubscription, writeNotification, type MitzSubscription } from '@samenhang/mitz';
import { getBsn } from '@samenhang/patient-identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, RunningRegistrar } from './running-registrar.js';
import { nameOf } from './surroundings.js';

const bsn = getBsn('999990007');
const other = getBsn('999911120');
const hospital = getUra('22222222');

/** The consent register: takes subscriptions, when it does. */
const subscriptions: MitzSubscription[] = [];
let status = 503;
let refused = 0;
const register = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const subscription = readSubscription(JSON.parse(text));
    if (status >= 300) refused += 1;
    else if (subscription !== undefined) subscriptions.push(subscription);
    response.writeHead(status).end();
  });
});

let registrar: RunningRegistrar;
beforeAll(async () => {
  await new Promise<void>((resolve) => register.listen(0, '127.0.0.1', resolve));
  registrar = await RunningRegistrar.start();
  await registrar.stopService();
  registrar.extra = {
    CONSENT_SUBSCRIPTIONS: 'true',
    CONSENT_REGISTER_URL: `http://127.0.0.1:${(register.address() as AddressInfo).port}`,
  };
  await registrar.startService();
});
afterAll(async () => {
  await registrar?.stop();
  register.closeAllConnections();
  await new Promise((resolve) => register.close(resolve));
});

const held = (citizen: string, revision = 1) => ({
  bsn: citizen,
  patient: keyOf(citizen),
  available: true,
  revision,
});
const persons = (): string => [...registrar.around.persons].sort().join();
const registered = (...citizens: string[]): string =>
  citizens
    .map((citizen) => nameOf('22222222', 'Condition', citizen))
    .sort()
    .join();
const of = (citizen: string): MitzSubscription => {
  const found = subscriptions.find(({ patient }) => patient === citizen);
  if (found === undefined) throw new Error('There is no subscription for that patient');
  return found;
};

interface Told {
  readonly about?: string;
  readonly custodian?: string;
  readonly authorization?: string;
}

async function tell(
  citizen: string,
  state: 'active' | 'inactive',
  at: string,
  { about = citizen, custodian = hospital, authorization }: Told = {},
): Promise<number> {
  const { endpoint, header = '' } = of(citizen);
  const notification = writeNotification({
    patient: getBsn(about),
    holder: getUra(custodian),
    status: state,
    at: new Date(at),
  });
  const headers = {
    'content-type': 'application/fhir+json',
    authorization: authorization ?? header.replace('Authorization: ', ''),
  };
  return (await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(notification) })).status;
}

describe('patients of whom something is held', () => {
  it('are subscribed to, once each, as soon as the register takes it', async () => {
    await registrar.publish(held(bsn), { ...held(bsn), category: 'AllergyIntolerance' }, held(other));
    await registrar.until(() => refused > 0);
    status = 201;
    await registrar.until(() => subscriptions.length === 2);
    expect(of(bsn)).toMatchObject({ holder: hospital, holderType: 'V4' });
    expect(of(bsn).endpoint).not.toContain(bsn);
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM consent_subscription WHERE sealed_bsn IS NOT NULL')).length ===
        0,
    );
    await registrar.publish(held(bsn, 2));
    await registrar.settled(3);
    expect(subscriptions).toHaveLength(2);
  });
});

describe('a notification', () => {
  const both = `${nameOf('22222222', 'AllergyIntolerance', bsn)}`;

  it('withdraws who withdrew the consent, and registers again who gave it again', async () => {
    expect(await tell(bsn, 'inactive', '2026-12-01T10:00:00Z')).toBe(204);
    await registrar.until(() => persons() === registered(other));
    expect(await tell(bsn, 'active', '2026-12-01T11:00:00Z')).toBe(204);
    await registrar.until(() => persons() === [both, registered(bsn), registered(other)].sort().join());
  });

  it('changes nothing twice, and nothing that is later known', async () => {
    const changes = registrar.around.received.length;
    expect(await tell(bsn, 'active', '2026-12-01T11:00:00Z')).toBe(204);
    expect(await tell(bsn, 'inactive', '2026-12-01T10:30:00Z')).toBe(204);
    await registrar.settled(3);
    expect(registrar.around.received).toHaveLength(changes);
    const [row] = await registrar.query<{ objects: boolean }>(
      `SELECT objects FROM objection WHERE patient_key = '${keyOf(bsn)}'`,
    );
    expect(row?.objects).toBe(false);
  });

  it('is refused of a subscription that nobody has, with another secret, or about somebody else', async () => {
    const later = '2026-12-01T12:00:00Z';
    const { endpoint } = of(bsn);
    const unknown = endpoint.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000');
    const authorization = of(bsn).header?.replace('Authorization: ', '') ?? '';
    const post = (url: string, body: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body });
    expect((await post(unknown, '{}')).status).toBe(401);
    expect((await post(endpoint, '{}')).status).toBe(422);
    expect((await post(endpoint, '{')).status).toBe(400);
    expect(await tell(bsn, 'inactive', later, { authorization: of(other).header ?? '' })).toBe(401);
    expect(await tell(bsn, 'inactive', later, { about: other })).toBe(422);
    expect(await tell(bsn, 'inactive', later, { custodian: '44444444' })).toBe(422);
    await registrar.settled(3);
    expect(persons()).toBe([both, registered(bsn), registered(other)].sort().join());
  });

  it('is what counts: an event of the register is not listened to beside it', async () => {
    await registrar.object(other, { ura: hospital }, 'objects', 9);
    expect(await tell(bsn, 'inactive', '2026-12-01T13:00:00Z')).toBe(204);
    await registrar.until(() => persons() === registered(other));
  });
});
