import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra } from '@samenhang/data-model';
import { AccessTokens, createClientKey } from '@samenhang/identity';
import { hashPassword, readSignInWays, type Account } from '@samenhang/portal-server';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calls, fileCalls } from '../src/calls.js';
import { researchers, startResearchPortal, type Researcher, type ResearchRole } from '../src/index.js';
import { scopeOfRole } from '../src/researcher.js';

const PASSWORD = 'correct horse';
const password = hashPassword(PASSWORD, randomBytes(16));
const roles = ['researcher', 'assessor', 'checker'] as const satisfies readonly ResearchRole[];
const accounts: (Researcher & Account)[] = roles.map((role, at) => ({
  name: 'O. Zoeker',
  login: role,
  organisation: getUra(`9000000${String(at + 3)}`),
  organisationName: 'Instituut',
  roles: [role],
  password,
}));

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly organisation: string | null;
  readonly scope: string | null;
}

const webFolder = mkdtempSync(join(tmpdir(), 'samenhang-research-'));
const asked: Asked[] = [];
const granted: { organisation: string | null; scope: string | null } = { organisation: null, scope: null };
let platform: FastifyInstance;
let running: Awaited<ReturnType<typeof startResearchPortal>>;
let catalogue: unknown = [];

beforeAll(async () => {
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html>');
  platform = Fastify({ forceCloseConnections: true });
  platform.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  platform.post('/token', (request) => {
    const form = request.body as URLSearchParams;
    granted.organisation = form.get('organization_id');
    granted.scope = form.get('scope');
    return { access_token: 'issued-token', token_type: 'DPoP', expires_in: 300, scope: granted.scope };
  });
  platform.get('/catalogue', () => catalogue);
  platform.get('/outputs/:id/files/:name', (_request, reply) =>
    reply
      .header('content-disposition', 'attachment; filename="a.csv"')
      .header('set-cookie', 'x=y')
      .type('text/csv')
      .send('gender\nfemale\n'),
  );
  platform.all('/*', (request, reply) => {
    asked.push({ method: request.method, url: request.url, body: request.body, ...granted });
    return reply.send({});
  });
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  running = await startResearchPortal({
    port: 0,
    webFolder,
    signIn: { accounts },
    tokens: new AccessTokens({
      issuer: url,
      clientId: 'research-portal',
      clientKey: await createClientKey(),
    }),
    urlOf: () => url,
  });
});
afterAll(async () => {
  await running.close();
  await platform.close();
  rmSync(webFolder, { recursive: true });
});

interface Session {
  readonly cookie: string;
  readonly 'x-csrf-token': string;
}

async function signIn(login: string): Promise<Session> {
  const started = await fetch(`${running.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: PASSWORD }),
  });
  const cookie = started.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const session = await fetch(`${running.url}/api/session`, { headers: { cookie } });
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  return { cookie, 'x-csrf-token': csrfToken };
}

describe('the portal for research', () => {
  it('lets each role make its own calls, in the name of its organisation, and no others', async () => {
    for (const account of accounts) {
      const session = await signIn(account.login);
      for (const call of [...calls, ...fileCalls]) {
        const before = asked.length;
        const { method } = call;
        const path = call.path.replace(':id', 'an-id').replace(':name', 'table.csv');
        const response = await fetch(`${running.url}/api${path}`, {
          method,
          headers: { ...session, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
          ...(method === 'POST' ? { body: '{"a":1}' } : {}),
        });
        const isOwn = account.roles.some((role) => scopeOfRole[role] === call.scope);
        expect(response.status, `${account.login} ${method} ${path}`).toBe(isOwn ? 200 : 403);
        await response.arrayBuffer();
        if (!isOwn) expect(asked).toHaveLength(before);
        else if (asked.length > before)
          expect(asked.at(-1)).toEqual({
            method,
            url: path,
            body: method === 'POST' ? { a: 1 } : undefined,
            organisation: account.organisation,
            scope: call.scope,
          });
      }
    }
  });

  it('passes a file on with its name and type, and nothing else that came with it', async () => {
    const response = await fetch(`${running.url}/api/outputs/an-id/files/table.csv`, {
      headers: { ...(await signIn('researcher')) },
    });
    expect(await response.text()).toBe('gender\nfemale\n');
    expect(response.headers.get('content-disposition')).toContain('a.csv');
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('shows the catalogue to anybody, and nothing else', async () => {
    const name = 'http://xmlns.com/foaf/0.1/name';
    catalogue = [
      {
        '@id': 'https://c.example/d',
        '@type': ['http://www.w3.org/ns/dcat#Dataset'],
        'http://purl.org/dc/terms/title': [{ '@value': 'Demografie', '@language': 'nl' }],
        'http://purl.org/dc/terms/conformsTo': [{ '@id': 'http://hl7.org/fhir/StructureDefinition/Patient' }],
        'http://purl.org/dc/terms/publisher': [{ '@id': 'https://c.example/custodians/22222222' }],
        'http://www.w3.org/ns/csvw#column': [{ '@id': 'https://c.example/d#gender' }],
        'http://healthdataportal.eu/ns/health#numberOfUniqueIndividuals': [{ '@value': '120' }],
        'http://healthdataportal.eu/ns/health#numberOfRecords': [{ '@value': 'many' }],
        'http://www.w3.org/ns/dqv#hasQualityMeasurement': [{ '@id': 'https://c.example/d#filled' }],
      },
      {
        '@id': 'https://c.example/d#filled',
        'http://www.w3.org/ns/dqv#computedOn': [{ '@id': 'https://c.example/d#gender' }],
        'http://www.w3.org/ns/dqv#value': [{ '@value': '0.95' }],
      },
      { '@id': 'https://c.example/custodians/22222222', [name]: [{ '@value': '<img src=x>' }] },
      {
        '@id': 'https://c.example/d#gender',
        'http://www.w3.org/ns/csvw#name': [{ '@value': 'gender' }],
      },
    ];
    expect(await (await fetch(`${running.url}/api/catalogue`)).json()).toEqual({
      datasets: [
        {
          id: 'https://c.example/d',
          titles: { nl: 'Demografie' },
          custodian: { ura: '22222222', name: '<img src=x>' },
          type: 'Patient',
          elements: ['gender'],
          individuals: 120,
          completeness: { gender: 0.95 },
        },
      ],
    });
    catalogue = { not: 'a list' };
    expect((await fetch(`${running.url}/api/catalogue`)).status).toBe(502);
    expect((await fetch(`${running.url}/api/permits`)).status).toBe(401);
  });
});

describe('accounts', () => {
  it('are read from a file that says what it lacks', () => {
    const readResearchers = (file: unknown) =>
      readSignInWays('research', undefined, () => file, researchers).accounts;
    expect(readResearchers(accounts)).toEqual(accounts);
    const [account] = accounts;
    expect(() => readResearchers([{ ...account, roles: [] }])).toThrow('roles must be a list');
    expect(() => readResearchers([{ ...account, roles: ['researcher', 'root'] }])).toThrow('roles');
    expect(() => readResearchers([{ ...account, name: '' }])).toThrow('Entry 1 lacks name');
  });

  it('of several roles of one organisation add up, and another organisation adds nothing', () => {
    const at = (organisation: string, ...roles: ResearchRole[]) => ({
      organisation: getUra(organisation),
      organisationName: organisation,
      roles,
    });
    expect(
      researchers.toPerson('Vos', [
        at('90000003', 'researcher'),
        at('90000003', 'checker'),
        at('90000004', 'assessor'),
      ]),
    ).toEqual({ name: 'Vos', ...at('90000003', 'researcher', 'checker') });
  });
});
