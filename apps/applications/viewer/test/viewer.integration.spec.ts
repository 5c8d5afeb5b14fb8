import Fastify, { type FastifyInstance } from 'fastify';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startViewer, type RunningViewer } from '../src/index.js';

const bsn = '900186021';
let platform: FastifyInstance;
let viewer: RunningViewer;
const seen: string[] = [];
let view: { status: number; body: object } = { status: 200, body: {} };

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
  platform.post('/token', async () => ({ access_token: 'issued', token_type: 'DPoP', expires_in: 300 }));
  platform.post('/fhir/Patient/$everything', async (_request, reply) =>
    reply.code(view.status).type('application/fhir+json').send(view.body),
  );
  const url = await platform.listen({ host: '127.0.0.1', port: 0 });
  const clientKey = {
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'k',
  } as Parameters<typeof startViewer>[0]['clientKey'];
  viewer = await startViewer({
    port: 0,
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
});

const ask = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${viewer.url}/view`, {
    method: 'POST',
    body: new URLSearchParams({ professional: '000095254', purpose: 'TREAT', bsn, ...form }),
    headers,
  });

const outcome = (issue: object, extension: object[] = []): object => ({
  search: { mode: 'outcome' },
  resource: { resourceType: 'OperationOutcome', extension, issue: [issue] },
});

describe('the start page', () => {
  it('offers the professionals and asks for the BSN in a form that posts', async () => {
    const page = await (await fetch(viewer.url)).text();
    expect(page).toContain('J. Vos, GP, GP practice');
    expect(page).toMatch(/<form method="post" action="\/view"/);
  });

  it('lets a browser load, run and frame nothing', async () => {
    const { headers } = await fetch(viewer.url);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('the patient view', () => {
  it('shows facts, escapes what sources wrote, and names what is missing', async () => {
    view = {
      status: 200,
      body: {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [
          {
            fullUrl: 'https://h.example/Condition/c',
            search: { mode: 'match' },
            resource: { resourceType: 'Condition', id: 'c', code: { text: '<script>alert("x")</script>' } },
          },
          outcome({
            severity: 'warning',
            code: 'timeout',
            diagnostics: 'Custodian 44444444 did not answer in time',
          }),
        ],
      },
    };
    const response = await ask({});
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).not.toContain('<script');
    expect(page).toContain('Custodian 44444444 did not answer in time');
    expect(page).toContain('This view is not complete');
  });

  it('does not call an unregistered person one without data', async () => {
    view = {
      status: 200,
      body: {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [
          outcome({ severity: 'information', code: 'informational', diagnostics: 'No registrations found' }),
        ],
      },
    };
    expect(await (await ask({})).text()).toContain('That does not mean that there is none');
  });

  it('passes on what the API says is wrong', async () => {
    view = {
      status: 422,
      body: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'value', diagnostics: 'The BSN must have nine digits' }],
      },
    };
    const response = await ask({ bsn: '1' });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('The BSN must have nine digits');
  });

  it('refuses an unknown professional, a form of another site and an oversized one', async () => {
    expect((await ask({ professional: 'nobody' })).status).toBe(400);
    expect((await ask({}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask({ bsn: '9'.repeat(10_000) })).status).toBe(413);
  });

  it('puts the BSN into no address and no header', () => {
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.filter((line) => line.includes(bsn))).toEqual([]);
  });
});
