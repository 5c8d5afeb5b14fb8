import Fastify, { type FastifyInstance } from 'fastify';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startViewer, type RunningViewer } from '../src/index.js';
import type { ShownLine } from '../src/shown-view.js';

const bsn = '900186021';
let platform: FastifyInstance;
let viewer: RunningViewer;
const seen: string[] = [];
const tokenRequests: URLSearchParams[] = [];
const asked: unknown[] = [];
const webFolder = mkdtempSync(join(tmpdir(), 'samenhang-viewer-'));
/** What the platform answers: a stream of lines, or a refusal. */
let view: { status: number; body?: object; lines: object[] } = { status: 200, lines: [] };
const start = { event: 'start', answered: 0, of: 1 };

const letterAddress = 'https://h.example/fhir/DocumentReference/l';
const files = [
  ['text/plain', 'Dear colleague'],
  ['application/pdf', '%PDF-1.4'],
  ['text/html', '<script>alert(1)</script>'],
].map(([contentType, content = '']) => ({ contentType, data: Buffer.from(content).toString('base64') }));
const letterSource = {
  search: { mode: 'include' },
  fullUrl: 'urn:uuid:p',
  resource: {
    resourceType: 'Provenance',
    id: 'p',
    target: [{ reference: letterAddress }],
    entity: [
      {
        extension: [
          { url: 'https://samenhang.example/fhir/StructureDefinition/source-system', valueUri: 'urn:s' },
        ],
        what: { reference: letterAddress },
        agent: [{ who: { identifier: { value: '22222222' } } }],
      },
    ],
  },
};
const letter = {
  fullUrl: letterAddress,
  search: { mode: 'match' },
  resource: {
    resourceType: 'DocumentReference',
    id: 'l',
    type: { text: 'Letter' },
    content: [...files.map((attachment) => ({ attachment })), { attachment: { contentType: 'image/png' } }],
  },
};

const professional = {
  deziNumber: '000095254',
  initials: 'J.',
  prefix: null,
  surname: 'Vos',
  subscriberNumber: '11111111',
  subscriberName: 'GP practice',
  roleCode: '01.015',
  roleName: 'GP',
};

beforeAll(async () => {
  platform = Fastify({ forceCloseConnections: true });
  platform.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/fhir+json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  platform.addHook(
    'onRequest',
    async (request) => void seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`),
  );
  platform.get('/professionals', async () => [professional]);
  platform.post('/professionals/:id/statement', async () => ({ verklaring: 'statement' }));
  platform.post('/token', async (request) => {
    tokenRequests.push(new URLSearchParams(String(request.body)));
    return { access_token: 'issued-token', token_type: 'DPoP', expires_in: 300 };
  });
  platform.post('/fhir/Patient/$everything', async (request, reply) => {
    asked.push(request.body);
    if (view.status !== 200) return reply.code(view.status).type('application/fhir+json').send(view.body);
    const lines = view.lines.map((line) => `${JSON.stringify(line)}\n`);
    return reply.type('application/x-ndjson').send(lines.join(''));
  });
  platform.post('/fhir/DocumentReference/$attachment', async (request, reply) => {
    asked.push(request.body);
    const { parameter } = JSON.parse(String(request.body)) as {
      parameter: { name: string; valueInteger?: number }[];
    };
    const file = files[parameter.find(({ name }) => name === 'at')?.valueInteger ?? 0];
    if (file === undefined) return reply.code(404).send({});
    return reply.type('application/fhir+json').send(JSON.stringify({ resourceType: 'Binary', ...file }));
  });
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  const clientKey = {
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'k',
  } as Parameters<typeof startViewer>[0]['clientKey'];
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html><title>Viewer</title>');
  viewer = await startViewer({
    port: 0,
    webFolder,
    queryApiUrl: url,
    authorisationServerUrl: url,
    deziUrl: url,
    clientId: 'demo',
    clientKey,
  });
});
afterAll(async () => {
  await viewer.close();
  await platform.close();
  rmSync(webFolder, { recursive: true });
});

interface Browser {
  readonly cookie: string;
  readonly csrfToken: string;
}

async function signIn(deziNumber = '000095254'): Promise<Browser> {
  const started = await post('/session', { deziNumber });
  const cookie = started.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const session = await fetch(`${viewer.url}/api/session`, { headers: { cookie } });
  return { cookie, csrfToken: ((await session.json()) as { csrfToken: string }).csrfToken };
}

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${viewer.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function ask(question: object): Promise<Response> {
  const { cookie, csrfToken } = await signIn();
  return post('/view', { bsn, purpose: 'TREAT', ...question }, { cookie, 'x-csrf-token': csrfToken });
}

const outcome = (issue: object, extension: object[] = []): object => ({
  search: { mode: 'outcome' },
  resource: { resourceType: 'OperationOutcome', extension, issue: [issue] },
});

describe('signing in', () => {
  it('offers the professionals of the demonstration', async () => {
    const list = await (await fetch(`${viewer.url}/api/professionals`)).json();
    expect(list).toEqual([
      { deziNumber: '000095254', name: 'J. Vos', role: 'GP', organisation: 'GP practice', ura: '11111111' },
    ]);
  });

  it('begins a session for one of them, and for nobody else', async () => {
    const { cookie } = await signIn();
    const session = await (await fetch(`${viewer.url}/api/session`, { headers: { cookie } })).json();
    expect(session).toMatchObject({ user: { name: 'J. Vos' } });
    expect((await post('/session', { deziNumber: 'nobody' })).status).toBe(422);
    expect((await post('/view', { bsn, purpose: 'TREAT' })).status).toBe(401);
  });
});

describe('the patient view', () => {
  it('carries facts as they were written, and names what is missing', async () => {
    const condition = { resourceType: 'Condition', id: 'c', code: { text: '<script>alert("x")</script>' } };
    view = {
      status: 200,
      lines: [
        start,
        { event: 'source', answered: 1, of: 1, name: 'GP', status: 'ok', entry: [{ resource: condition }] },
        {
          event: 'view',
          bundle: {
            resourceType: 'Bundle',
            type: 'searchset',
            entry: [
              {
                fullUrl: 'https://h.example/Condition/c',
                search: { mode: 'match' },
                resource: condition,
              },
              outcome({
                severity: 'warning',
                code: 'timeout',
                diagnostics: 'Custodian 44444444 did not answer in time',
              }),
            ],
          },
        },
      ],
    };
    const response = await ask({});
    expect(response.status).toBe(200);
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ShownLine);
    expect(lines.slice(0, 2)).toEqual([
      { kind: 'start', answered: 0, of: 1 },
      { kind: 'source', answered: 1, of: 1, name: 'GP', status: 'ok', resources: 1 },
    ]);
    const shown = lines.flatMap((line) => (line.kind === 'view' ? [line.view] : []))[0];
    if (shown === undefined) throw new Error('There is no view');
    expect(shown.problems.map(({ label }) => label)).toEqual(['<script>alert("x")</script>']);
    expect(shown.missing.map(({ text }) => text)).toEqual(['Custodian 44444444 did not answer in time']);
    expect(shown).not.toHaveProperty('bundle');
  });

  it('lists documents without what is in them', async () => {
    view = {
      status: 200,
      lines: [
        {
          event: 'view',
          bundle: { resourceType: 'Bundle', type: 'searchset', entry: [letter, letterSource] },
        },
      ],
    };
    const text = await (await ask({})).text();
    expect(text).not.toContain(Buffer.from('Dear colleague').toString('base64'));
    const { view: shown } = JSON.parse(text) as Extract<ShownLine, { kind: 'view' }>;
    expect(shown.documents).toMatchObject([
      {
        fact: { label: 'Letter', address: letterAddress },
        files: [
          {
            at: 0,
            contentType: 'text/plain',
            size: 14,
            name: { custodian: '22222222', document: letterAddress, at: 0 },
          },
          { at: 1, name: { at: 1 } },
          { at: 2, name: { at: 2 } },
          { at: 3 },
        ],
      },
    ]);
    expect(shown.documents[0]?.files[3]).not.toHaveProperty('name');
  });

  it('is asked for in an emergency with its reason', async () => {
    expect((await ask({ purpose: 'BTG', reason: 'Unconscious after a fall' })).status).toBe(200);
    expect(tokenRequests.at(-1)?.get('emergency_reason')).toBe('Unconscious after a fall');
    expect(tokenRequests.at(-1)?.get('purpose_of_use')).toBe('BTG');
    expect((await ask({ purpose: 'BTG', reason: 'short' })).status).toBe(422);
    expect((await ask({ purpose: 'BTG' })).status).toBe(422);
  });

  it('says when it breaks off, and asks again only what was missing', async () => {
    view = { status: 200, lines: [start] };
    const lines = (await (await ask({})).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ShownLine);
    expect(lines.map(({ kind }) => kind)).toEqual(['start', 'problem']);
    await ask({ retry: 'of-an-earlier-view' });
    expect(JSON.stringify(asked.at(-1))).toContain('of-an-earlier-view');
    expect((await ask({ retry: 'x'.repeat(2_000) })).status).toBe(422);
  });

  it('passes on what the API says is wrong, and asks nothing for what is no number', async () => {
    view = {
      status: 422,
      lines: [],
      body: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'value', diagnostics: 'The BSN fails the eleven-test' }],
      },
    };
    const response = await ask({});
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: 'The BSN fails the eleven-test' });
    for (const wrong of [{ bsn: '1' }, { bsn: 900186021 }, { purpose: 'HRESCH' }])
      expect((await ask(wrong)).status).toBe(422);
  });

  it('puts the BSN into no address and no header, and gives no token to the browser', async () => {
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.filter((line) => line.includes(bsn))).toEqual([]);
    const { cookie } = await signIn();
    const session = await (await fetch(`${viewer.url}/api/session`, { headers: { cookie } })).text();
    expect(session).not.toContain('issued-token');
  });
});

describe('a file of a document', () => {
  const open = async (browser: Browser, at: number, other: object = {}): Promise<Response> =>
    post(
      '/files',
      { bsn, purpose: 'TREAT', file: { custodian: '22222222', document: letterAddress, at, ...other } },
      { cookie: browser.cookie, 'x-csrf-token': browser.csrfToken },
    );

  it('is asked anew of its source, and shown as what it is', async () => {
    const browser = await signIn();
    expect(await (await open(browser, 0)).json()).toMatchObject({ kind: 'text', text: 'Dear colleague' });
    expect(JSON.stringify(asked.at(-1))).toContain(letterAddress);
    expect(await (await open(browser, 2)).json()).toMatchObject({ kind: 'text' });
  });

  it('is fetched by a name that says nothing, by who opened it only, under a policy that lets nothing run', async () => {
    const browser = await signIn();
    const { kind, name } = (await (await open(browser, 1)).json()) as { kind: string; name: string };
    expect(kind).toBe('pdf');
    const get = (cookie: string, rest = ''): Promise<Response> =>
      fetch(`${viewer.url}/api/files/${name}${rest}`, { headers: { cookie } });
    const file = await get(browser.cookie);
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(file.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(await file.text()).toBe('%PDF-1.4');
    const kept = await get(browser.cookie, '?keep');
    expect(kept.headers.get('content-disposition')).toBe('attachment; filename="document.pdf"');
    expect((await get((await signIn()).cookie)).status).toBe(404);
    expect((await get('')).status).toBe(401);
    await open(browser, 0);
    expect((await get(browser.cookie)).status).toBe(404);
  });

  it('is not there when its source does not have it, or when nothing sensible is asked', async () => {
    const browser = await signIn();
    expect((await open(browser, 9)).status).toBe(404);
    for (const wrong of [
      { custodian: '1' },
      { document: 7 },
      { document: 'x'.repeat(3_000) },
      { at: 'first' },
    ])
      expect((await open(browser, 0, wrong)).status).toBe(422);
  });
});
