import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra } from '@samenhang/data-model';
import { createClientKey } from '@samenhang/identity';
import { hashPassword, type Account } from '@samenhang/portal-server';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeveloperPortal, type Developer } from '../src/index.js';
import { readTrial } from '../src/trial.js';

const PASSWORD = 'correct horse';
const account: Developer & Account = {
  name: 'O. Ntwikkelaar',
  login: 'dev',
  organisation: getUra('11111111'),
  deziNumber: '000095254',
  password: hashPassword(PASSWORD, randomBytes(16)),
};
const openApi = {
  openapi: '3.1.0',
  paths: {
    '/fhir/Patient/$everything': { post: { requestBody: { content: { 'application/fhir+json': {} } } } },
    '/fhir/metadata': { get: {} },
    '/fhir/pages/{cursor}': { get: {} },
  },
};

const webFolder = mkdtempSync(join(tmpdir(), 'samenhang-developer-'));
const asked: { url: string; authorization: string | undefined; body: unknown }[] = [];
let platform: FastifyInstance;
let running: Awaited<ReturnType<typeof startDeveloperPortal>>;

beforeAll(async () => {
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html>');
  platform = Fastify({ forceCloseConnections: true });
  for (const type of ['application/x-www-form-urlencoded', 'application/fhir+json'])
    platform.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  platform.post('/token', () => ({ access_token: 'issued-token', token_type: 'DPoP', expires_in: 300 }));
  platform.post('/professionals/:id/statement', () => ({ verklaring: 'a.b.c' }));
  platform.get('/openapi.json', () => openApi);
  platform.get('/health/ready', () => ({}));
  platform.get('/status', () => ({ counts: { patients: 12 }, problems: [{ code: 'x', text: 'inside' }] }));
  platform.all('/*', (request, reply) => {
    asked.push({ url: request.url, authorization: request.headers.authorization, body: request.body });
    return reply.code(403).send({ resourceType: 'OperationOutcome' });
  });
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  running = await startDeveloperPortal({
    port: 0,
    webFolder,
    signIn: { accounts: [account] },
    clientId: 'developer-portal',
    clientKey: await createClientKey(),
    urlOf: () => url,
  });
});
afterAll(async () => {
  await running.close();
  await platform.close();
  rmSync(webFolder, { recursive: true });
});

async function tryOut(trial: object): Promise<Response> {
  const started = await fetch(`${running.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'dev', password: PASSWORD }),
  });
  const cookie = started.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const session = await fetch(`${running.url}/api/session`, { headers: { cookie } });
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  return fetch(`${running.url}/api/trials`, {
    method: 'POST',
    headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
    body: JSON.stringify(trial),
  });
}

const everything = {
  method: 'POST',
  path: '/fhir/Patient/$everything',
  contentType: 'application/fhir+json',
  body: '{"resourceType":"Parameters"}',
};

describe('the portal for developers', () => {
  it('makes a published request with a token that the browser never sees, and gives the answer as it came', async () => {
    const response = await tryOut(everything);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: 403, body: '{"resourceType":"OperationOutcome"}' });
    expect(text).not.toContain('issued-token');
    expect(asked.at(-1)).toEqual({
      url: '/fhir/Patient/$everything',
      authorization: 'DPoP issued-token',
      body: everything.body,
    });
  });

  it('makes no other request', async () => {
    const before = asked.length;
    for (const other of [
      { path: '/administration/keys' },
      { path: '/fhir/pages/{cursor}' },
      { path: '/fhir/../administration' },
      { path: '__proto__' },
      { method: 'DELETE' },
      { contentType: 'text/html' },
      { body: 7 },
    ])
      expect(
        (await tryOut({ ...everything, ...other })).status,
        JSON.stringify(other),
      ).toBeGreaterThanOrEqual(400);
    expect(asked).toHaveLength(before);
    expect((await fetch(`${running.url}/api/trials`, { method: 'POST' })).status).toBe(401);
  });

  it('shows anybody what services publish, and whether they answer, and nothing of what is in them', async () => {
    for (const service of ['query-api', 'secondary-use-api'])
      expect(await (await fetch(`${running.url}/api/documents/openapi/${service}`)).json()).toEqual(openApi);
    for (const path of ['/openapi/ingest', '/capability/record', '/__proto__/query-api'])
      expect((await fetch(`${running.url}/api/documents${path}`)).status).toBe(404);
    const status = await (await fetch(`${running.url}/api/status`)).text();
    expect(JSON.parse(status)).toContainEqual({ service: 'query-api', state: 'ready' });
    expect(status).not.toMatch(/inside|patients/);
  });
});

describe('a trial', () => {
  it('has a body of a type that the operation takes, and none where it takes none', () => {
    expect(readTrial(everything, openApi)).toEqual(everything);
    expect(readTrial({ method: 'GET', path: '/fhir/metadata', body: 'x' }, openApi)).toEqual({
      method: 'GET',
      path: '/fhir/metadata',
      contentType: '',
      body: '',
    });
    expect(() => readTrial({ ...everything, body: 'x'.repeat(100_001) }, openApi)).toThrow('too long');
    expect(() => readTrial(null, openApi)).toThrow('method');
    expect(() => readTrial(everything, {})).toThrow('no such operation');
  });
});
