import { readChangeNotification, SamenhangClient } from '@samenhang/client';
import { getUra, identifierSystems, type FhirResource } from '@samenhang/data-model';
import { insertEvents } from '@samenhang/event-log-postgres';
import { validateResource } from '@samenhang/fhir-r4';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA, bsnB } from './stand-in-holder.js';
import { readNotification, StandInSubscriber, type Notification } from './stand-in-subscriber.js';
import { hospital, publishChange, subscriptionTo, type Asked } from './subscribing.js';

vi.setConfig({ testTimeout: 120_000 });
const patience = { timeout: 60_000, interval: 50 };
const json = { 'content-type': 'application/fhir+json' };
const address = 'http://holder.example/fhir/22222222';

let api: RunningQueryApi;
let subscriber: StandInSubscriber;

beforeAll(async () => {
  api = await RunningQueryApi.start({ SUBSCRIBER_SERVERS: '127.0.0.1', MAXIMUM_SUBSCRIPTIONS: '50' });
  api.platform.providers = [
    { ura: hospital, name: 'Hospital', address, categories: ['Patient', 'AllergyIntolerance'] },
  ];
  api.platform.patientHandle = 'index-handle-of-a';
});
afterAll(async () => {
  await subscriber?.close();
  await api?.stop();
});
beforeEach(async () => {
  await subscriber?.close();
  subscriber = await StandInSubscriber.start();
  api.platform.consent = 'Permit';
  // Each test has the patients to itself.
  await withClient(api.database.url, (client) => client.query('DELETE FROM query_api.subscription'));
});

type Changes = Record<string, unknown>;
const send = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: string, changes: Changes = {}) =>
  api.platform.call(
    `${api.url}/fhir/Subscription${path}`,
    { ...claims, ...changes },
    { method, headers: body === undefined ? {} : json, ...(body === undefined ? {} : { body }) },
  );

interface Made {
  readonly id: string;
  readonly status: string;
  readonly end: string;
  readonly error?: string;
}

const hook = (): Asked['channel'] => ({ type: 'rest-hook', endpoint: subscriber.url });
async function subscribe(asked: Partial<Asked> = {}, changes: Changes = {}): Promise<Made> {
  const response = await send('POST', '', subscriptionTo({ channel: hook(), ...asked }), changes);
  const text = await response.text();
  expect(response.status, text).toBe(201);
  expect(text).not.toContain(asked.bsn ?? bsnA);
  return JSON.parse(text) as Made;
}
const read = async (id: string): Promise<Made> => (await (await send('GET', `/${id}`)).json()) as Made;
const catchUp = async (id: string, query = ''): Promise<Notification> =>
  readNotification(await (await send('GET', `/${id}/$events${query}`)).text());
const shaken = (): Promise<void> =>
  vi.waitFor(() => expect(subscriber.told.at(0)?.type).toBe('handshake'), patience);
const publish = (...facts: Parameters<typeof publishChange>[1]): Promise<void> =>
  publishChange(api.database.url, facts);

/** Changes that the service has not heard of yet. */
async function waiting(): Promise<number | undefined> {
  const { lag } = (await (await fetch(`${api.url}/status`)).json()) as {
    lag: { type: string; waiting: number }[];
  };
  return lag.find(({ type }) => type === 'record.patient-changed')?.waiting;
}

describe('a rest-hook', () => {
  it('is shaken hands with, then told where new data is, by number, without a word of it', async () => {
    const { id, status } = await subscribe({
      channel: { ...hook(), header: ['Authorization: Bearer of-the-subscriber'] },
    });
    expect(status).toBe('requested');
    await shaken();
    await vi.waitFor(async () => expect((await read(id)).status).toBe('active'), patience);
    await publish(['AllergyIntolerance', 'a'], ['Condition', 'c']);
    await publish(['ObservationLaboratory', 'o']);
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1, 2, 3]), patience);
    expect(subscriber.told.flatMap(({ events }) => events.map(({ focus }) => focus))).toEqual([
      `${address}/AllergyIntolerance/a`,
      `${address}/Condition/c`,
      `${address}/Observation/o`,
    ]);
    expect(subscriber.headers.every((each) => each.authorization === 'Bearer of-the-subscriber')).toBe(true);
    for (const { text } of subscriber.told) {
      expect(text).not.toContain(bsnA);
      expect(validateResource(JSON.parse(text) as FhirResource)).toEqual([]);
    }
    expect((await catchUp(id)).events.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect((await catchUp(id, '?eventsSinceNumber=2&eventsUntilNumber=2')).events).toHaveLength(1);
    const now = readNotification(await (await send('GET', `/${id}/$status`)).text());
    expect(now).toMatchObject({ type: 'query-status', status: 'active', since: 3, events: [] });
  });

  it('is told by category when only the index knows, and nothing of somebody else', async () => {
    await subscribe();
    await shaken();
    await publishChange(api.database.url, [['Condition', 'of-b']], bsnB);
    await withClient(api.database.url, async (client) => {
      const query = async <Row>(sql: string, parameters?: unknown[]) =>
        (await client.query(sql, parameters)).rows as Row[];
      const payload = {
        patientHandle: 'index-handle-of-a',
        custodian: getUra('22222222'),
        category: 'Condition',
        sourceId: 's',
      } as const;
      const event = { type: 'localisation.registered', key: 'h', tenant: hospital, payload } as const;
      await insertEvents({ query }, 'reference-index', [event]);
    });
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1]), patience);
    expect(subscriber.told.at(-1)?.events[0]?.focus).toBe('Condition');
  });

  it('is told of the types it asked for, as far as its role and scopes go', async () => {
    const filters = [`Observation?patient.identifier=${identifierSystems.bsn}|${bsnA}`];
    await subscribe({ filters }, { scope: 'view:read patient/Observation.rs?category=laboratory' });
    await shaken();
    await publish(['Condition', 'c'], ['ObservationVitalSigns', 'v']);
    await publish(['ObservationLaboratory', 'o']);
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1]), patience);
    expect(subscriber.told.at(-1)?.events[0]?.focus).toBe(`${address}/Observation/o`);
  });

  it('is told nothing that the patient does not permit, and later what the register could not say at once', async () => {
    const { id } = await subscribe();
    await shaken();
    api.platform.consent = 'Deny';
    const before = api.platform.consentQuestions.length;
    await publish(['Condition', 'denied']);
    await vi.waitFor(() => expect(api.platform.consentQuestions.length).toBeGreaterThan(before), patience);
    api.platform.consent = 'down';
    const asked = api.platform.consentQuestions.length;
    await publish(['Condition', 'late']);
    await vi.waitFor(() => expect(api.platform.consentQuestions.length).toBeGreaterThan(asked), patience);
    expect(subscriber.numbers).toEqual([]);
    api.platform.consent = 'Permit';
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1]), patience);
    expect((await catchUp(id)).events.map(({ focus }) => focus)).toEqual([`${address}/Condition/late`]);
  });

  it('that fails is tried again, is in error meanwhile, and misses nothing', async () => {
    const { id } = await subscribe();
    await shaken();
    subscriber.status = 503;
    await publish(['Condition', 'one']);
    await vi.waitFor(async () => expect((await read(id)).status).toBe('error'), patience);
    expect((await read(id)).error).toBe('The endpoint did not take a notification');
    await publish(['Condition', 'two']);
    subscriber.status = 200;
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1, 2]), patience);
    await vi.waitFor(async () => expect((await read(id)).status).toBe('active'), patience);
    expect((await read(id)).error).toBeUndefined();
  });

  it('that sends elsewhere is not followed', async () => {
    const elsewhere = await StandInSubscriber.start();
    try {
      subscriber.status = 307;
      subscriber.location = elsewhere.url;
      await subscribe();
      await vi.waitFor(() => expect(subscriber.attempts).toBeGreaterThan(1), patience);
      expect(elsewhere.attempts).toBe(0);
    } finally {
      await elsewhere.close();
    }
  });

  it('hears a heartbeat when there is nothing else', async () => {
    const { id } = await subscribe({ heartbeat: 10 });
    await shaken();
    // As if the last notification was long ago.
    await vi.waitFor(async () => expect((await read(id)).status).toBe('active'), patience);
    await withClient(api.database.url, (client) =>
      client.query(`UPDATE query_api.subscription SET last_sent = now() - interval '11 seconds'`),
    );
    await vi.waitFor(() => expect(subscriber.told.at(-1)?.type).toBe('heartbeat'), patience);
  });

  it('is told no more after its end, and after it was ended', async () => {
    const ended = await subscribe();
    const over = await subscribe({ bsn: bsnB });
    await vi.waitFor(() => expect(subscriber.told).toHaveLength(2), patience);
    expect((await send('DELETE', `/${ended.id}`)).status).toBe(204);
    expect((await send('GET', `/${ended.id}`)).status).toBe(404);
    await withClient(api.database.url, (client) =>
      client.query('UPDATE query_api.subscription SET ends_at = now() WHERE id = $1', [over.id]),
    );
    await publish(['Condition', 'c']);
    await publishChange(api.database.url, [['Condition', 'd']], bsnB);
    expect((await read(over.id)).status).toBe('off');
    await vi.waitFor(async () => expect(await waiting()).toBe(0), patience);
    const third = await subscribe();
    await vi.waitFor(() => expect(subscriber.told).toHaveLength(3), patience);
    await publish(['Condition', 'e']);
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1]), patience);
    expect((await catchUp(third.id)).events[0]?.focus).toBe(`${address}/Condition/e`);
  });
});

describe('who may subscribe', () => {
  it('is who may ask for the view; others do not see the subscription', async () => {
    const body = subscriptionTo({ channel: hook() });
    expect((await send('POST', '', body, { purpose_of_use: 'HMARKT' })).status).toBe(403);
    expect((await send('POST', '', body, { user_role: '00.000' })).status).toBe(403);
    const { id } = await subscribe();
    for (const path of ['', '/$status', '/$events'])
      expect((await send('GET', `/${id}${path}`, undefined, { user_id: '000000001' })).status).toBe(404);
    expect((await send('DELETE', `/${id}`, undefined, { organization_ura: '22222222' })).status).toBe(404);
    expect((await send('GET', '/nonsense')).status).toBe(404);
    expect((await send('GET', `/${id}`)).status).toBe(200);
  });

  it('names an endpoint that the deployment lets be called', async () => {
    for (const endpoint of ['http://10.0.0.1/', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'x']) {
      const response = await send('POST', '', subscriptionTo({ channel: { type: 'rest-hook', endpoint } }));
      expect(response.status, endpoint).toBe(422);
    }
  });

  it('ends its subscription after the longest time that there is', async () => {
    const { end } = await subscribe({ end: '2099-01-01T00:00:00Z' });
    const days = (Date.parse(end) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThanOrEqual(90);
  });
});

describe('a websocket', () => {
  async function open(
    token: string,
  ): Promise<{ socket: WebSocket; told: Notification[]; closed: () => number }> {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/fhir/subscriptions/websocket`);
    const told: Notification[] = [];
    let code = 0;
    socket.on('message', (data) => told.push(readNotification((data as Buffer).toString('utf8'))));
    socket.on('close', (closing) => (code = closing));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(`bind-with-token: ${token}`);
    return { socket, told, closed: () => code };
  }
  async function tokenFor(id: string): Promise<string> {
    const answer = (await (await send('POST', `/${id}/$get-ws-binding-token`, '{}')).json()) as {
      parameter: { name: string; valueString: string }[];
    };
    return answer.parameter.find(({ name }) => name === 'token')?.valueString ?? '';
  }

  it('is bound by a token, once, told as it happens, and catches up with what it missed', async () => {
    const { id } = await subscribe({ channel: { type: 'websocket' } });
    const token = await tokenFor(id);
    const first = await open(token);
    await vi.waitFor(() => expect(first.told.at(0)).toMatchObject({ type: 'handshake', since: 0 }), patience);
    await publish(['Condition', 'one']);
    await vi.waitFor(() => expect(first.told.at(-1)?.events.map((one) => one.number)).toEqual([1]), patience);
    expect(first.told.at(-1)?.text).not.toContain(bsnA);
    first.socket.close();
    const again = await open(token);
    await vi.waitFor(() => expect(again.closed()).toBe(1008), patience);
    await publish(['Condition', 'two']);
    await vi.waitFor(async () => expect((await catchUp(id)).events).toHaveLength(2), patience);
    const second = await open(await tokenFor(id));
    await vi.waitFor(
      () => expect(second.told.at(0)).toMatchObject({ type: 'handshake', since: 2 }),
      patience,
    );
    expect((await send('DELETE', `/${id}`)).status).toBe(204);
    await vi.waitFor(() => expect(second.closed()).toBe(1008), patience);
  });

  it('is not opened elsewhere, nor bound by nonsense', async () => {
    const wrong = new WebSocket(`${api.url.replace('http', 'ws')}/elsewhere`);
    await expect(
      new Promise((resolve, reject) => wrong.once('open', resolve).once('error', reject)),
    ).rejects.toThrow();
    const { closed } = await open('nonsense');
    await vi.waitFor(() => expect(closed()).toBe(1008), patience);
  });
});

describe('the typed client', () => {
  it('subscribes, reads what an endpoint was sent, and asks for what it missed', async () => {
    const client = new SamenhangClient({ baseUrl: api.url, tokens: await api.platform.tokenSource(claims) });
    const { id } = await client.subscribe(bsnA, {
      endpoint: subscriber.url,
      headers: ['Authorization: Bearer mine'],
      types: ['Condition'],
      heartbeatSeconds: 60,
    });
    await shaken();
    await publish(['AllergyIntolerance', 'a'], ['Condition', 'c']);
    await vi.waitFor(() => expect(subscriber.numbers).toEqual([1]), patience);
    const changes = [{ number: 1, reference: `${address}/Condition/c`, at: expect.any(String) as string }];
    expect(readChangeNotification(JSON.parse(subscriber.told.at(-1)?.text ?? '{}'))).toMatchObject({
      type: 'event-notification',
      last: 1,
      changes,
    });
    expect((await client.subscriptions.changesSince(id, 1)).changes).toEqual(changes);
    await vi.waitFor(
      async () => expect((await client.subscriptions.find(id)).status).toBe('active'),
      patience,
    );
    await client.subscriptions.end(id);
    await expect(client.subscriptions.find(id)).rejects.toMatchObject({ kind: 'not-found' });
    const live = await client.subscribe(bsnA);
    expect((await client.subscriptions.websocket(live.id)).bind).toMatch(/^bind-with-token: \S+$/);
  });
});
