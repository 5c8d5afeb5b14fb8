import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCareProviders } from '../src/care-providers.js';
import { startCitizen, type RunningCitizen } from '../src/index.js';

const webFolder = mkdtempSync(join(tmpdir(), 'samenhang-citizen-'));
const asked: { method: string; url: string; body: unknown }[] = [];
let platform: FastifyInstance;
let portal: RunningCitizen;
let visitEnded = false;
let recordStatus = 200;

beforeAll(async () => {
  platform = Fastify({ forceCloseConnections: true });
  platform.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/fhir+json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  platform.addHook('preHandler', async ({ method, url, body }) => void asked.push({ method, url, body }));
  platform.post('/token', async (request, reply) => {
    const isFirst = String(request.body).includes('authorization_code');
    if (visitEnded && !isFirst) return reply.code(400).send({ error: 'invalid_grant' });
    const body = { access_token: 'secret-token', token_type: 'DPoP', expires_in: 300 };
    return { ...body, refresh_token: 'secret-refresh' };
  });
  platform.post('/tenants/22222222/fhir/Patient/$everything', async (_request, reply) =>
    reply
      .code(recordStatus)
      .type('application/fhir+json')
      .send({
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [
          {
            fullUrl: 'https://h.example/Patient/p',
            search: { mode: 'match' },
            resource: { resourceType: 'Patient', id: 'p', name: [{ text: '<script>alert(1)</script>' }] },
          },
        ],
      }),
  );
  platform.post('/tenants/22222222/access-log', async () => ({
    custodian: '22222222',
    intact: true,
    entries: [{ when: '2026-11-22T10:00:00Z', text: 'Uzelf', emergency: false, intact: true }],
  }));
  platform.all('/own/*', async ({ method }, reply) =>
    method === 'DELETE' ? reply.code(204).send() : { choices: [], optOuts: [] },
  );
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html><title>Citizen</title>');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  portal = await startCitizen({
    port: 0,
    publicUrl: 'http://portal.example',
    webFolder,
    authorisationServerUrl: url,
    auditUrl: url,
    consentRegisterUrl: url,
    clientId: 'citizen',
    clientKey: { ...privateKey.export({ format: 'jwk' }), kid: 'k' } as never,
    careProviders: readCareProviders(`22222222|Noord|${url}/tenants/22222222/fhir/`),
  });
});
afterAll(async () => {
  await portal.close();
  await platform.close();
  rmSync(webFolder, { recursive: true });
});

interface Browser {
  readonly cookie: string;
  readonly csrfToken: string;
}

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((text) => text.split(';', 1)[0] ?? '')
    .join('; ');

async function signIn(): Promise<Browser> {
  const left = await fetch(`${portal.url}/api/sign-in`, { redirect: 'manual' });
  const address = new URL(left.headers.get('location') ?? '');
  expect(address.searchParams.get('redirect_uri')).toBe('http://portal.example/api/return');
  expect(address.searchParams.get('scope')).toBe('22222222~48');
  const query = new URLSearchParams({ code: 'c', state: address.searchParams.get('state') ?? '' });
  const back = await fetch(`${portal.url}/api/return?${query.toString()}`, {
    redirect: 'manual',
    headers: { cookie: cookiesOf(left) },
  });
  expect(back.headers.get('location')).toBe('/');
  const cookie = cookiesOf(back);
  const session = await fetch(`${portal.url}/api/session`, { headers: { cookie } });
  const text = await session.text();
  expect(text).not.toContain('secret');
  return { cookie, csrfToken: (JSON.parse(text) as { csrfToken: string }).csrfToken };
}

const ask = (
  { cookie, csrfToken }: Browser,
  method: string,
  path: string,
  body?: object,
): Promise<Response> =>
  fetch(`${portal.url}/api${path}`, {
    method,
    headers: {
      cookie,
      'x-csrf-token': csrfToken,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe('the portal of citizens', () => {
  it('gives nothing to who is not signed in', async () => {
    for (const path of ['/records/22222222', '/records/22222222/bundle', '/access-log/22222222', '/choices'])
      expect((await fetch(`${portal.url}/api${path}`)).status).toBe(401);
    expect(await (await fetch(`${portal.url}/api/care-providers`)).json()).toEqual([
      { ura: '22222222', name: 'Noord' },
    ]);
  });

  it('shows own data, and gives it to take along', async () => {
    const browser = await signIn();
    const record = await ask(browser, 'GET', '/records/22222222');
    expect(await record.json()).toMatchObject({ demographics: { name: '<script>alert(1)</script>' } });
    const bundle = await ask(browser, 'GET', '/records/22222222/bundle');
    expect(bundle.headers.get('content-disposition')).toBe('attachment; filename="gegevens-22222222.json"');
    expect(await bundle.json()).toMatchObject({ type: 'searchset' });
    const summary = await ask(browser, 'GET', '/records/22222222/summary');
    expect(summary.headers.get('content-type')).toContain('application/fhir+json');
    expect(await summary.json()).toMatchObject({ type: 'document' });
    expect((await ask(browser, 'GET', '/records/33333333')).status).toBe(404);
  });

  it('shows who looked, for a period', async () => {
    const browser = await signIn();
    const log = await ask(browser, 'GET', '/access-log/22222222?from=2026-11-01&until=2026-11-22');
    expect(await log.json()).toMatchObject({ intact: true, isComplete: true, entries: [{ text: 'Uzelf' }] });
    for (const period of ['', '?from=2026-11-22&until=2026-11-01', '?from=x&until=y'])
      expect((await ask(browser, 'GET', `/access-log/22222222${period}`)).status).toBe(422);
  });

  it('changes choices of who is signed in only, and names nobody', async () => {
    const browser = await signIn();
    const choice = { holder: '22222222', category: 'GGC002', decision: 'deny', requesterCategory: '' };
    expect((await ask(browser, 'PUT', '/choices', choice)).status).toBe(200);
    expect(asked.at(-1)?.body).toEqual({ holder: '22222222', category: 'GGC002', decision: 'deny' });
    expect((await ask(browser, 'PUT', '/choices', { ...choice, decision: 'maybe' })).status).toBe(422);
    expect((await ask(browser, 'PUT', '/opt-outs/secondary')).status).toBe(200);
    expect((await ask(browser, 'DELETE', '/opt-outs/secondary')).status).toBe(204);
    expect((await ask(browser, 'PUT', '/opt-outs/tertiary')).status).toBe(404);
    const forged = await ask({ ...browser, csrfToken: 'guess' }, 'PUT', '/choices', choice);
    expect(forged.status).toBe(403);
    expect(JSON.stringify(asked)).not.toMatch(/\b\d{9}\b|bsn/i);
  });

  it('says when a care provider is away, and when the visit has ended', async () => {
    const browser = await signIn();
    recordStatus = 503;
    expect((await ask(browser, 'GET', '/records/22222222')).status).toBe(503);
    recordStatus = 200;
    visitEnded = true;
    expect((await ask(await signIn(), 'GET', '/choices')).status).toBe(401);
    visitEnded = false;
  });
});

describe('the care providers of a portal', () => {
  it('are read, or refused as a whole', () => {
    expect(readCareProviders('')).toEqual([]);
    expect(readCareProviders('22222222 | Noord | https://n.example/fhir ;\n')).toEqual([
      { ura: '22222222', name: 'Noord', fhirUrl: 'https://n.example/fhir' },
    ]);
    for (const wrong of [
      '2|Noord|https://n.example',
      '22222222||https://n.example',
      '22222222|Noord|file:/x',
    ])
      expect(() => readCareProviders(wrong)).toThrow(RangeError);
  });
});
