import Fastify, { type FastifyInstance } from 'fastify';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CitizenClient, CitizenLogin, SamenhangFailure, type CitizenTokens } from '../src/index.js';

const asked: URLSearchParams[] = [];
const requests: { method: string; url: string; body: unknown }[] = [];
const hospital = { ura: '22222222', name: 'Noord' };
let server: FastifyInstance;
let url: string;
let login: CitizenLogin;
let refusal: object | undefined;
let expected: string;

beforeAll(async () => {
  server = Fastify({ forceCloseConnections: true });
  server.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/fhir+json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  server.post('/token', async (request, reply) => {
    const form = new URLSearchParams(String(request.body));
    asked.push(form);
    const isExpected = form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') === expected;
    if (refusal !== undefined || !isExpected)
      return reply.code(400).send(refusal ?? { error: 'invalid_grant' });
    expected = `refresh-${asked.length}`;
    return {
      access_token: `token-${asked.length}`,
      token_type: 'DPoP',
      expires_in: 300,
      refresh_token: expected,
    };
  });
  server.all('/own/*', async ({ method, url: path, body }, reply) => {
    requests.push({ method, url: path, body });
    if (method === 'DELETE') return reply.code(204).send();
    return path.endsWith('opt-outs') ? { optOuts: [] } : { choices: [], id: 'c' };
  });
  server.post('/tenants/22222222/fhir/Patient/$everything', async ({ method, url: path, body }, reply) => {
    requests.push({ method, url: path, body });
    const about = { reference: 'Patient/p' };
    return reply.type('application/fhir+json').send({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [
        { resourceType: 'Patient', id: 'p', name: [{ family: 'Testerberg' }] },
        { resourceType: 'Condition', id: 'c', subject: about, code: { text: '<b>astma</b>' } },
      ].map((resource) => ({
        fullUrl: `https://h.example/${resource.resourceType}/${resource.id}`,
        search: { mode: 'match' },
        resource,
      })),
    });
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  login = new CitizenLogin({
    issuer: url,
    clientId: 'citizen',
    clientKey: { ...privateKey.export({ format: 'jwk' }), kid: 'k' } as never,
    redirectUri: 'https://portal.example/api/return',
    consentRegisterUrl: url,
    service: '48',
  });
});
afterAll(() => server.close());
beforeEach(() => {
  refusal = undefined;
  asked.length = 0;
  requests.length = 0;
});

async function signIn(): Promise<CitizenTokens> {
  const { errand } = await login.begin([hospital.ura]);
  return login.finish(errand, new URLSearchParams({ code: 'the-code', state: errand.state }));
}

const kindOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing',
    (failure: unknown) => (failure instanceof SamenhangFailure ? failure.kind : failure),
  );

describe('signing in a citizen', () => {
  it('sends them off with a challenge, for the care providers of the leave', async () => {
    const { address, errand } = await login.begin(['22222222', '11111111']);
    const query = Object.fromEntries(new URL(address).searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      client_id: 'citizen',
      scope: '22222222~48 11111111~48',
      state: errand.state,
      code_challenge_method: 'S256',
    });
    expect(address).not.toContain(errand.verifier);
  });

  it('redeems the code with the verifier, and uses each refresh token once', async () => {
    const tokens = await signIn();
    expect(asked[0]?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    const audience = `${url}/tenants/22222222`;
    const [one, other, again] = await Promise.all([
      tokens.getToken(audience, 'audit:own'),
      tokens.getToken(`${audience}/fhir`, 'holder:read'),
      tokens.getToken(audience, 'audit:own'),
    ]);
    expect(again).toEqual(one);
    expect(other.accessToken).not.toBe(one.accessToken);
    expect(asked.map((form) => [form.get('grant_type'), form.get('scope')])).toEqual([
      ['authorization_code', 'consent:own'],
      ['refresh_token', 'audit:own'],
      ['refresh_token', 'holder:read'],
    ]);
  });

  it('tells a no, another state and a server that refuses apart', async () => {
    const { errand } = await login.begin([hospital.ura]);
    const finish = (answer: Record<string, string>) =>
      kindOf(login.finish(errand, new URLSearchParams(answer)));
    expect(await finish({ error: 'access_denied', state: errand.state })).toBe('forbidden');
    expect(await finish({ code: 'the-code', state: 'of-another' })).toBe('unavailable');
    expect(asked).toEqual([]);
  });

  it('says when the visit has ended', async () => {
    const tokens = await signIn();
    refusal = { error: 'invalid_grant' };
    expect(await kindOf(tokens.getToken(url, 'consent:own'))).toBe('unauthenticated');
    refusal = undefined;
    expect(await kindOf(tokens.getToken(url, 'consent:own'))).toBe('unauthenticated');
  });
});

describe('what a citizen asks', () => {
  const open = async (): Promise<CitizenClient> =>
    new CitizenClient({ auditUrl: url, consentRegisterUrl: `${url}/`, tokens: await signIn() });

  it('names nobody: own record, each fact with its source', async () => {
    const custodian = { ...hospital, fhirUrl: `${url}/tenants/22222222/fhir` };
    const client = await open();
    const record = await client.ownRecord(custodian);
    expect(record.problems).toMatchObject([
      { label: '<b>astma</b>', sources: [{ custodian: '22222222', custodianName: 'Noord' }] },
    ]);
    expect(requests.map(({ body }) => body)).toEqual([JSON.stringify({ resourceType: 'Parameters' })]);
    const summary = await client.ownSummary(custodian);
    expect(summary).toMatchObject({ resourceType: 'Bundle', type: 'document' });
  });

  it('sees and changes choices', async () => {
    const client = await open();
    expect(await client.choices()).toMatchObject({ choices: [], optOuts: [] });
    const choice = { holder: '22222222', category: 'GGC002', decision: 'deny' } as const;
    await client.choose(choice);
    await client.takeBack('a/b');
    await client.optOut('secondary');
    await client.takeBackOptOut('secondary');
    expect(requests.slice(2).map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'PUT /own/choices',
      'DELETE /own/choices/a%2Fb',
      'PUT /own/opt-outs/secondary',
      'DELETE /own/opt-outs/secondary',
    ]);
    expect(requests[2]?.body).toEqual(choice);
  });
});
