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
let viewStatus = 200;

const source = (custodian: string, name: string, status: string): object => ({
  url: 'https://samenhang.example/fhir/StructureDefinition/source-status',
  extension: [
    {
      url: 'custodian',
      valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: custodian },
    },
    { url: 'name', valueString: name },
    { url: 'status', valueCode: status },
  ],
});
const match = (resource: { resourceType: string; id: string }): object => ({
  fullUrl: `https://h.example/fhir/${resource.resourceType}/${resource.id}`,
  search: { mode: 'match' },
  resource,
});
const condition = { resourceType: 'Condition', id: 'c', code: { text: '<img src=x onerror=alert(1)>' } };
const letter = {
  resourceType: 'DocumentReference',
  id: 'l',
  type: { text: 'Letter' },
  content: [{ attachment: { contentType: 'text/plain', data: 'U2VjcmV0' } }],
};
const view = {
  resourceType: 'Bundle',
  type: 'searchset',
  entry: [
    match(condition),
    match(letter),
    {
      search: { mode: 'outcome' },
      resource: {
        resourceType: 'OperationOutcome',
        extension: [source('22222222', 'Noord', 'ok'), source('44444444', 'De Brug', 'timed-out')],
        issue: [
          { severity: 'warning', code: 'timeout', diagnostics: 'Custodian 44444444 did not answer in time' },
        ],
      },
    },
  ],
};

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
    reply.type('application/fhir+json').send({
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
  platform.post<{ Body: { cursor?: string } }>('/tenants/22222222/access-log', async ({ body }) => ({
    custodian: '22222222',
    intact: true,
    entries: [{ when: '2026-11-22T10:00:00Z', text: 'Uzelf', emergency: false, intact: true }],
    ...(body.cursor === undefined ? { cursor: '7' } : {}),
  }));
  platform.post<{ Params: { operation: string } }>('/fhir/Patient/:operation', async ({ params }, reply) =>
    reply
      .code(viewStatus)
      .type('application/fhir+json')
      .send(params.operation === '$summary' ? { resourceType: 'Bundle', type: 'document' } : view),
  );
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
    queryApiUrl: url,
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
    const guarded = [
      '/view',
      '/view/bundle',
      '/view/summary',
      '/records/22222222/bundle',
      '/access-log/22222222',
    ];
    for (const path of [...guarded, '/choices'])
      expect((await fetch(`${portal.url}/api${path}`)).status).toBe(401);
    expect(await (await fetch(`${portal.url}/api/care-providers`)).json()).toEqual([
      { ura: '22222222', name: 'Noord' },
    ]);
  });

  it('shows what all care providers hold as one, in words, and says who is missing', async () => {
    const shown = await (await ask(await signIn(), 'GET', '/view')).text();
    expect(JSON.parse(shown)).toMatchObject({
      problems: [{ label: '<img src=x onerror=alert(1)>' }],
      documents: [{ label: 'Letter' }],
      sources: [
        { custodianName: 'Noord', status: 'ok' },
        { custodianName: 'De Brug', status: 'timed-out' },
      ],
      missing: [{ code: 'timeout' }],
    });
    // What the page does not show stays in the server.
    expect(shown).not.toContain('U2VjcmV0');
    expect(shown).not.toContain('resourceType');
  });

  it('gives own data to take along: of all together, and of each', async () => {
    const browser = await signIn();
    const files = [
      ['/view/bundle', 'gegevens', 'searchset'],
      ['/view/summary', 'samenvatting', 'document'],
      ['/records/22222222/bundle', 'gegevens-22222222', 'searchset'],
      ['/records/22222222/summary', 'samenvatting-22222222', 'document'],
    ] as const;
    for (const [path, name, type] of files) {
      const file = await ask(browser, 'GET', path);
      expect(file.headers.get('content-type')).toContain('application/fhir+json');
      expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${name}.json"`);
      expect(await file.json()).toMatchObject({ resourceType: 'Bundle', type });
    }
    expect((await ask(browser, 'GET', '/records/33333333/bundle')).status).toBe(404);
  });

  it('shows who looked, for a period', async () => {
    const browser = await signIn();
    const log = await ask(browser, 'GET', '/access-log/22222222?from=2026-11-01&until=2026-11-22');
    expect(await log.json()).toMatchObject({ intact: true, entries: [{ text: 'Uzelf' }], cursor: '7' });
    const rest = await ask(browser, 'GET', '/access-log/22222222?from=2026-11-01&until=2026-11-22&cursor=7');
    expect(await rest.json()).not.toHaveProperty('cursor');
    expect(asked.at(-1)?.body).toMatchObject({ from: '2026-11-01', cursor: '7' });
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

  it('says when there is no answer, and when the visit has ended', async () => {
    const browser = await signIn();
    viewStatus = 503;
    for (const path of ['/view', '/view/bundle', '/view/summary'])
      expect((await ask(browser, 'GET', path)).status).toBe(503);
    viewStatus = 200;
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
