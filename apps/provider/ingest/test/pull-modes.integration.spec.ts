import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createLocalJWKSet, exportJWK, jwtVerify, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FhirServerDouble, type Answer, type Asked } from './fhir-server-double.js';
import { hospital, RunningIngest } from './running-ingest.js';

const sources = `/tenants/${hospital}/sources`;
const base = '/fhir';

const at = (second: number): string => `2026-01-01T10:00:${String(second).padStart(2, '0')}.000Z`;
const condition = (id: string, second: number, text = 'x'): Record<string, unknown> => ({
  resourceType: 'Condition',
  id,
  meta: { lastUpdated: at(second) },
  code: { text },
  subject: { reference: 'Patient/a' },
});
const version = (resource: Record<string, unknown>): object => ({
  resource,
  request: { method: 'PUT', url: 'x' },
});
const deletion = (id: string, second: number): object => ({
  request: { method: 'DELETE', url: `Condition/${id}` },
  response: { status: '204', lastModified: at(second) },
});

describe('ways of pulling', () => {
  let ingest: RunningIngest;
  let server: FhirServerDouble;
  beforeAll(async () => {
    ingest = await RunningIngest.start();
  });
  afterAll(() => ingest.stop());
  beforeEach(async () => {
    server = new FhirServerDouble();
    await server.start();
  });
  afterEach(async () => {
    const { body } = await ingest.request('GET', sources);
    for (const { id } of body['sources'] as { id: string }[])
      await ingest.request('DELETE', `${sources}/${id}`);
    server.stop();
  });

  const declare = async (id: string, pull: object, more: object = {}): Promise<void> => {
    const settings = {
      baseUrl: `${server.origin}${base}`,
      resourceTypes: ['Condition'],
      intervalSeconds: 1,
      ...pull,
    };
    const { status, body } = await ingest.declare(id, { kind: 'fhir-pull', pull: settings, ...more });
    expect({ status, body }).toMatchObject({ status: 201 });
  };
  const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
    for (let tries = 0; tries < 500; tries++) {
      if (await isSo()) return;
      await wait(50);
    }
    throw new Error('it did not come to that');
  };
  const messages = async (source: string): Promise<string[]> =>
    (await ingest.events())
      .filter((event) => event['sourceId'] === source)
      .map((event) => Buffer.from(String(event['content']), 'base64').toString());
  const asked = (path: string): Asked[] => server.asked.filter((one) => one.path === `${base}/${path}`);
  const bundle = (type: string, entry: unknown[], next?: string): Answer => ({
    body: {
      resourceType: 'Bundle',
      type,
      entry,
      link: next === undefined ? [] : [{ relation: 'next', url: next }],
    },
  });

  it('a history gives the latest version and deletions, ordered with their patient', async () => {
    let entries = [
      version(condition('c1', 3, 'new')),
      version(condition('c1', 2, 'old')),
      version(condition('c2', 1)),
    ];
    server.answer = ({ path }) =>
      path === `${base}/Condition/_history` ? bundle('history', entries) : { status: 404 };
    await declare('hist', { mode: 'history' });
    await until(async () => (await messages('hist')).length >= 1);
    expect((await messages('hist')).join()).not.toContain('old');
    // The deletion is the newest; the versions before it follow in the history and must not bring the resource back.
    entries = [deletion('c1', 9), deletion('never-read', 8), version(condition('never-read', 7)), ...entries];
    await until(async () => (await messages('hist')).some((text) => text.includes('DELETE')));
    const events = (await ingest.events()).filter(({ sourceId }) => sourceId === 'hist');
    expect((await messages('hist')).filter((text) => text.includes('Condition/c1'))).toHaveLength(1);
    const deleted = events.find((event) =>
      Buffer.from(String(event['content']), 'base64').includes('Condition/c1'),
    );
    expect(deleted?.['key']).toBe(events[0]?.['key']);
    const count = events.length;
    await until(() => asked('Condition/_history').length > 5);
    expect(await messages('hist')).toHaveLength(count);
    expect(asked('Condition/_history').at(-1)?.query.get('_since')).toBe('2026-01-01T09:59:59.000Z');
  });

  it('a round that broke off goes on with its next page, and from the start when the server has forgotten it', async () => {
    let isDown = true;
    let isForgotten = false;
    server.answer = ({ query }) => {
      const page = query.get('page');
      if (page === null)
        return bundle(
          'searchset',
          [{ resource: condition('p1', 1) }],
          `${server.origin}${base}/Condition?page=2`,
        );
      if (isDown) return { status: 503, headers: { 'retry-after': '1' } };
      if (isForgotten) return { status: 410 };
      return bundle('searchset', [{ resource: condition('p2', 2) }]);
    };
    await declare('rounds', {});
    await until(() => server.asked.some(({ query }) => query.get('page') === '2'));
    expect((await ingest.request('GET', `${sources}/rounds`)).body).toMatchObject({
      progress: { pull: [{ isReading: true }] },
    });
    await ingest.request('POST', `${sources}/rounds/pause`);
    const firstPages = (): number => server.asked.filter(({ query }) => !query.has('page')).length;
    const before = firstPages();
    isForgotten = true;
    isDown = false;
    await ingest.request('POST', `${sources}/rounds/resume`);
    await until(() => firstPages() > before);
    isForgotten = false;
    await until(async () => (await messages('rounds')).some((text) => text.includes('"p2"')));
    expect((await messages('rounds')).filter((text) => text.includes('"p1"'))).toHaveLength(1);
  });

  it('what the server asks for is heeded: Retry-After; its trouble is told', async () => {
    server.answer = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    await declare('busy', {});
    await until(() => server.asked.length === 1);
    await wait(1500);
    expect(server.asked).toHaveLength(1);
    expect((await ingest.request('GET', `${sources}/busy`)).body).toMatchObject({
      state: 'failing',
      reason: 'The server answers with status 429',
    });
  });

  it('a server is not followed in a circle, elsewhere, or where the deployment forbids it', async () => {
    let next = `${server.origin}${base}/Condition?page=again`;
    server.answer = () => bundle('searchset', [], next);
    await declare('circle', {});
    const reason = async (): Promise<unknown> =>
      (await ingest.request('GET', `${sources}/circle`)).body['reason'];
    await until(async () => (await reason()) === 'The server sends its pages in a circle');
    next = 'http://127.0.0.2:1/fhir/Condition';
    await until(async () => (await reason()) === 'The next page is on another server');
    server.answer = () => ({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    await until(async () => (await reason()) === 'The server redirects, which is not followed');
  });

  it('decimals keep the precision they were written with', async () => {
    const observation = `{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"},"valueQuantity":{"value":5.60}}`;
    server.answer = () => ({
      body: `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":${observation}}]}`,
    });
    await declare('exact', { resourceTypes: ['Observation'] });
    await until(async () => (await messages('exact')).length === 1);
    expect((await messages('exact'))[0]).toContain('5.60');
  });

  it('a bulk export is asked for, awaited, read line by line with its deletions, and discarded', async () => {
    let polls = 0;
    server.answer = ({ path, method, query }): Answer => {
      if (path === `${base}/$export`) {
        expect(query.get('_type')).toBe('Condition');
        return { status: 202, headers: { 'content-location': `${server.origin}${base}/status` } };
      }
      if (path === `${base}/status` && method === 'DELETE') return { status: 202 };
      if (path === `${base}/status`) {
        if (++polls === 1) return { status: 202, headers: { 'retry-after': '1' } };
        return {
          body: {
            transactionTime: at(30),
            requiresAccessToken: false,
            output: [{ type: 'Condition', url: `${server.origin}${base}/file` }],
            deleted: [{ type: 'Bundle', url: `${server.origin}${base}/deleted` }],
          },
        };
      }
      if (path === `${base}/file`)
        return {
          body: `${JSON.stringify(condition('b1', 1))}\n{broken\n${JSON.stringify(condition('b2', 2))}\n`,
        };
      const gone = { resourceType: 'Bundle', type: 'transaction', entry: [deletion('b2', 20)] };
      return path === `${base}/deleted` ? { body: `${JSON.stringify(gone)}\n` } : { status: 404 };
    };
    await declare('bulk', { mode: 'bulk', intervalSeconds: 3600 });
    await until(() => server.asked.some(({ method }) => method === 'DELETE'));
    const all = (await messages('bulk')).join();
    for (const part of ['"b1"', '"b2"', 'DELETE']) expect(all).toContain(part);
    const entries = (await ingest.request('GET', '/quarantine')).body['entries'] as { sourceId: string }[];
    expect(entries.filter(({ sourceId }) => sourceId === 'bulk')).toHaveLength(1);
    expect((await ingest.request('GET', `${sources}/bulk`)).body).toMatchObject({
      progress: { pull: [{ resourceType: '$export', watermark: at(30), isReading: false }] },
    });
  });

  it('an export that has expired is asked for again', async () => {
    let kickOffs = 0;
    server.answer = ({ path }) => {
      if (path === `${base}/$export`) {
        kickOffs++;
        return { status: 202, headers: { 'content-location': `${server.origin}${base}/status` } };
      }
      if (path === `${base}/status`)
        return {
          body: {
            transactionTime: at(1),
            output: [{ type: 'Condition', url: `${server.origin}${base}/file` }],
          },
        };
      return kickOffs < 2 ? { status: 404 } : { body: JSON.stringify(condition('again', 1)) };
    };
    await declare('expired', { mode: 'bulk' });
    await until(async () => (await messages('expired')).length === 1);
    expect(kickOffs).toBeGreaterThan(1);
  });

  it.each(['RS384', 'ES384'] as const)(
    'SMART backend services with %s: a signed assertion, a token used until it ends',
    async (algorithm) => {
      const pair =
        algorithm === 'RS384'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ec', { namedCurve: 'P-384' });
      const privateKey = { ...(await exportJWK(pair.privateKey)), kid: 'k1' };
      const publicKey: JWK = { ...(await exportJWK(pair.publicKey)), kid: 'k1' };
      const assertions: string[] = [];
      server.answer = ({ path, headers, body }) => {
        if (path === `${base}/.well-known/smart-configuration`)
          return { body: { token_endpoint: `${server.origin}/token` } };
        if (path === '/token') {
          assertions.push(new URLSearchParams(body).get('client_assertion') ?? '');
          return {
            body: { access_token: `t${String(assertions.length)}`, token_type: 'bearer', expires_in: 300 },
          };
        }
        if (path === `${base}/metadata`)
          return { body: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' } };
        // The first token is withdrawn before its time.
        if (headers.authorization === 'Bearer t1' || headers.authorization === undefined)
          return { status: 401 };
        return bundle('searchset', [{ resource: condition(`smart-${algorithm}`, 1) }]);
      };
      const id = `smart-${algorithm.toLowerCase()}`;
      const secret = JSON.stringify(privateKey);
      await ingest.request('PUT', `${sources}/${id}/secrets/key`, { body: secret, type: 'text/plain' });
      await declare(id, {
        auth: { kind: 'smart-backend', clientId: 'me', scope: 'system/*.rs', secret: 'key', algorithm },
      });
      await until(async () => (await messages(id)).length === 1);
      await until(() => asked('Condition').length > 3);
      expect(assertions).toHaveLength(2);
      const keys = createLocalJWKSet({ keys: [publicKey] });
      const { payload, protectedHeader } = await jwtVerify(assertions[0] ?? '', keys, {
        audience: `${server.origin}/token`,
        issuer: 'me',
        subject: 'me',
      });
      expect(protectedHeader).toMatchObject({ alg: algorithm, kid: 'k1' });
      expect(payload.jti).toBeDefined();
      const test = await ingest.request('POST', `${sources}/${id}/test`);
      expect((test.body['steps'] as { step: string }[]).map(({ step }) => step)).toEqual([
        'metadata',
        'authorisation',
        'one page of Condition',
      ]);
      expect(test.body).toMatchObject({
        ok: true,
        steps: [{ detail: 'A FHIR server of version 4.0.1' }, {}, {}],
      });
    },
  );

  it('a connection test says which step fails and why', async () => {
    server.answer = ({ path }) => (path === `${base}/metadata` ? { status: 500, body: {} } : { status: 403 });
    await declare('broken', { auth: { kind: 'bearer', secret: 'absent' } });
    expect((await ingest.request('POST', `${sources}/broken/test`)).body).toMatchObject({
      ok: false,
      steps: [
        { step: 'metadata', ok: false, detail: 'The server answers with status 500' },
        { step: 'authorisation', ok: false, detail: 'The secret absent has not been given' },
        { step: 'one page of Condition', ok: false },
      ],
    });
  });

  describe('notifications of Subscriptions', () => {
    const status = (type: string): string =>
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'history',
        entry: [{ resource: { resourceType: 'Parameters', parameter: [{ name: 'type', valueCode: type }] } }],
      });
    const notify = (secret: string, init: RequestInit = {}, path = ''): Promise<Response> =>
      fetch(`${ingest.url}${sources}/told/notifications${path}`, {
        method: 'POST',
        ...init,
        headers: {
          authorization: `Bearer ${secret}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        },
      });
    beforeEach(async () => {
      server.answer = () => bundle('searchset', [{ resource: condition('told', 1) }]);
      await ingest.request('PUT', `${sources}/told/secrets/hook`, { body: 'let-me-in', type: 'text/plain' });
      await declare(
        'told',
        { intervalSeconds: 3600 },
        { notifications: { secret: 'hook', debounceSeconds: 1 } },
      );
      await until(() => server.asked.length === 1);
    });

    it('make ingest read, once for many, and handshake and heartbeat do not', async () => {
      expect((await notify('let-me-in', { body: status('handshake') })).status).toBe(200);
      expect((await notify('let-me-in', { body: status('heartbeat') })).status).toBe(200);
      await wait(1300);
      expect(server.asked).toHaveLength(1);
      const answers = await Promise.all([
        notify('let-me-in'),
        notify('let-me-in', { body: status('event-notification') }),
        notify(
          'let-me-in',
          { method: 'PUT', body: JSON.stringify(condition('forged', 1)) },
          '/Condition/forged',
        ),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
      await until(() => server.asked.length === 2);
      await wait(1300);
      expect(server.asked).toHaveLength(2);
      expect((await messages('told')).join()).not.toContain('forged');
    });

    it('are refused without the secret of the source', async () => {
      for (const secret of ['wrong', '']) expect((await notify(secret)).status).toBe(401);
      const unknown = await fetch(`${ingest.url}${sources}/nobody/notifications`, { method: 'POST' });
      expect(unknown.status).toBe(401);
      await wait(1300);
      expect(server.asked).toHaveLength(1);
    });
  });
});
