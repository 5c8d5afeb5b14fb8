import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra } from '@samenhang/data-model';
import { AccessTokens, createClientKey } from '@samenhang/identity';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Accounts, hashPassword, readSignInWays, type Account } from '@samenhang/portal-server';
import { operators, startConsole, type Operator, type RunningConsole } from '../src/index.js';

const account: Operator & Account = {
  name: 'B. Heerder',
  login: 'Beheer',
  organisations: [
    { ura: getUra('22222222'), name: 'Ziekenhuis Noord' },
    { ura: getUra('44444444'), name: 'Apotheek De Brug' },
  ],
  password: hashPassword('correct horse', randomBytes(16)),
};

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** Whose token came along. */
  readonly organisation: string | undefined;
}

const webFolder = mkdtempSync(join(tmpdir(), 'samenhang-console-'));
const asked: Asked[] = [];
let platform: FastifyInstance;
let running: RunningConsole;
const lis = { id: 'lis', displayName: 'LIS', figures: { messages: 12, waiting: 3, quarantined: 1 } };
let answer: { status: number; body: object } = { status: 200, body: { sources: [lis] } };

beforeAll(async () => {
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html>');
  platform = Fastify({ forceCloseConnections: true });
  platform.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  platform.post('/token', (request) => {
    const organisation = (request.body as URLSearchParams).get('organization_id') ?? '';
    return { access_token: `issued-token-${organisation}`, token_type: 'DPoP', expires_in: 300 };
  });
  platform.all('/*', (request, reply) => {
    const organisation = request.headers.authorization?.replace('DPoP issued-token-', '');
    asked.push({ method: request.method, url: request.url, body: request.body, organisation });
    return reply.code(answer.status).send(answer.body);
  });
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  running = await startConsole({
    port: 0,
    webFolder,
    signIn: { accounts: [account] },
    tokens: new AccessTokens({ issuer: url, clientId: 'console', clientKey: await createClientKey() }),
    urlOf: () => url,
    lookEveryMs: 3_600_000,
  });
  // Its first look at the sources of both care providers, before other requests are counted.
  await vi.waitFor(() => expect(asked).toHaveLength(2), 30_000);
});
afterAll(async () => {
  await running.close();
  await platform.close();
  rmSync(webFolder, { recursive: true });
});

interface Signed {
  readonly cookie: string;
  readonly csrfToken: string;
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

async function withToken(cookie: string): Promise<Signed> {
  const session = await fetch(`${running.url}/api/session`, { headers: { cookie } });
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  return { cookie, csrfToken };
}

async function signIn(): Promise<Signed> {
  const started = await fetch(`${running.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'beheer', password: 'correct horse' }),
  });
  return withToken(cookieOf(started));
}

async function ask(method: string, path: string, body?: object, signed?: Signed): Promise<Response> {
  const { cookie, csrfToken } = signed ?? (await signIn());
  return fetch(`${running.url}/api${path}`, {
    method,
    headers: {
      cookie,
      'x-csrf-token': csrfToken,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('a call of the console', () => {
  it('reaches the service in the name of the care provider of who signed in', async () => {
    answer = { status: 200, body: { sources: [] } };
    expect(await (await ask('GET', '/sources')).json()).toEqual({ sources: [] });
    expect(asked.at(-1)).toMatchObject({
      method: 'GET',
      url: '/tenants/22222222/sources',
      organisation: '22222222',
    });
    await ask('PUT', '/sources/his', { kind: 'fhir-push' });
    expect(asked.at(-1)).toMatchObject({ url: '/tenants/22222222/sources/his', body: { kind: 'fhir-push' } });
    await ask('GET', '/quarantine?count=5');
    expect(asked.at(-1)?.url).toBe('/quarantine?count=5');
  });

  it('cannot leave its place', async () => {
    const before = asked.length;
    await ask('GET', '/sources/..%2F..%2F11111111%2Fsources');
    expect(asked.slice(before).map(({ url }) => url)).toEqual([
      '/tenants/22222222/sources/..%2F..%2F11111111%2Fsources',
    ]);
    for (const path of ['/tenants/11111111/sources', '/administration/signing-keys', '/sources/%2e%2e'])
      expect((await ask('GET', path)).status, path).toBe(404);
    expect(asked).toHaveLength(before + 1);
  });

  it('tells what the service refused, with the place, and never that one must sign in again', async () => {
    answer = {
      status: 422,
      body: { detail: 'Not valid', errors: [{ detail: 'must be a URL', pointer: 'pull.baseUrl' }] },
    };
    expect(await (await ask('PUT', '/sources/his', {})).json()).toMatchObject({
      detail: 'Not valid',
      errors: [{ detail: 'must be a URL', pointer: 'pull.baseUrl' }],
    });
    answer = { status: 401, body: {} };
    expect((await ask('GET', '/sources')).status).toBe(502);
  });

  it('gives no token to the browser', async () => {
    answer = { status: 200, body: {} };
    const response = await ask('GET', '/session');
    expect(await response.text()).not.toContain('issued-token');
  });
});

describe('somebody of several care providers', () => {
  it('moves from one to another, and to no other', async () => {
    answer = { status: 200, body: { sources: [] } };
    const first = await signIn();
    expect((await ask('POST', '/organisation', { ura: '11111111' }, first)).status).toBe(403);
    const moved = await ask('POST', '/organisation', { ura: '44444444' }, first);
    expect(moved.status).toBe(204);
    expect((await ask('GET', '/sources', undefined, first)).status).toBe(401);
    const second = await withToken(cookieOf(moved));
    expect(await (await ask('GET', '/session', undefined, second)).json()).toMatchObject({
      user: { organisation: '44444444', organisations: [{ ura: '22222222' }, { ura: '44444444' }] },
    });
    await ask('GET', '/sources', undefined, second);
    expect(asked.at(-1)).toMatchObject({ url: '/tenants/44444444/sources', organisation: '44444444' });
  });
});

describe('what the console looks at by itself', () => {
  it('is the course of the sources of each care provider', async () => {
    expect(await (await ask('GET', '/flow')).json()).toEqual({
      sources: [
        {
          id: 'lis',
          displayName: 'LIS',
          messages: 12,
          waiting: 3,
          quarantined: 1,
          points: [{ at: expect.any(Number) as number, perMinute: null, waiting: 3, quarantined: 1 }],
        },
      ],
    });
    expect(await (await ask('GET', '/organisations')).json()).toMatchObject({
      organisations: [{ ura: '22222222', sources: [{ id: 'lis', waiting: 3 }] }, { ura: '44444444' }],
    });
  });

  it('is the health of services, without problems of another care provider', async () => {
    const problem = { text: 'Not to be read', code: 'pull-failing' };
    answer = {
      status: 200,
      body: {
        problems: [
          { ...problem, source: '22222222/lis' },
          { ...problem, source: '11111111/his' },
          {
            code: 'outside-failing',
            text: 'No answer',
            outside: 'consent-register',
            since: '2026-11-22T10:00:00Z',
          },
        ],
      },
    };
    const health = (await (await ask('GET', '/health')).json()) as {
      services: { problems: { source?: string }[] }[];
      outside: { name: string; state: string; problems: object[] }[];
    };
    const told = health.services.flatMap(({ problems }) => problems.map(({ source }) => source));
    expect(told).toContain('22222222/lis');
    expect(told).not.toContain('11111111/his');
    const states = new Map(health.outside.map(({ name, state }) => [name, state]));
    expect(states.get('consent-register')).toBe('failing');
    expect(states.get('dezi')).toBe('answers');
  });
});

describe('accounts', () => {
  it('let in with the right password, and are slow to be guessed', () => {
    let now = 0;
    const accounts = new Accounts([account], () => now);
    expect(accounts.enter(' beheer ', 'correct horse')).toBe(account);
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(() => accounts.enter('beheer', 'wrong')).toThrow('Login or password is wrong');
    expect(() => accounts.enter('beheer', 'correct horse')).toThrow('Too many attempts');
    now = 61_000;
    expect(accounts.enter('beheer', 'correct horse')).toBe(account);
    expect(() => accounts.enter('nobody', 'nobody')).toThrow('Login or password is wrong');
    expect(() => accounts.enter(undefined, {})).toThrow('Give a login');
  });

  it('are read from a file that says what it lacks', () => {
    const readOperators = (file: unknown) =>
      readSignInWays('console', undefined, () => file, operators).accounts;
    expect(readOperators([account])).toEqual([account]);
    expect(() => readOperators([{ ...account, password: '' }])).toThrow('Entry 1 lacks password');
    expect(() => readOperators([{ ...account, organisations: [] }])).toThrow('lacks organisations');
    expect(() => readOperators([{ ...account, organisations: [{ ura: '22222222' }] }])).toThrow('lacks name');
    expect(() => readOperators({})).toThrow('must be a list');
  });

  it('of several roles have the care providers of all, each once', () => {
    const [hospital, gp] = [
      { ura: getUra('22222222'), name: 'Hospital' },
      { ura: getUra('11111111'), name: 'GP' },
    ];
    expect(operators.toPerson('Vos', [[hospital], [gp, hospital], [gp]])).toEqual({
      name: 'Vos',
      organisations: [hospital, gp],
    });
  });
});
