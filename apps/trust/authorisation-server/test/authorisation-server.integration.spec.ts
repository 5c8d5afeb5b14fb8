import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { AccessTokens, AccessTokenVerifier, provisionSecrets, type SecretFiles } from '@samenhang/identity';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import { getUra } from '@samenhang/data-model';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorisationServerService } from '../src/index.js';
import { DeziStub } from './dezi-stub.js';
import { RawClient } from './token-request.js';

const audience = 'http://127.0.0.1:9/view';
let database: TestDatabase;
let secretsDir: string;
let secrets: SecretFiles;
let dezi: DeziStub;
let service: RunningService;
let issuer: string;
let queryApi: string;
let viewer: RawClient;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateEventLog(database.url);
  dezi = await DeziStub.start();
  secrets = await provisionSecrets(undefined, {
    clients: [
      {
        clientId: 'viewer',
        title: 'Viewer',
        organisations: ['11111111'],
        facilityTypes: { '11111111': 'Z3' },
        scopes: ['view:read'],
      },
      {
        clientId: 'query-api',
        title: 'Query API',
        organisations: ['*'],
        scopes: ['holder:read', 'nvi:localize'],
      },
      { clientId: 'record', title: 'Record', organisations: ['*'], scopes: ['holder:read'] },
    ],
  });
  secretsDir = await mkdtemp(join(tmpdir(), 'secrets-'));
  for (const [name, content] of Object.entries(secrets))
    await writeFile(join(secretsDir, `${name}.json`), JSON.stringify(content));
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  queryApi = 'http://127.0.0.1:9';
  service = await runService(authorisationServerService, {
    PORT: String(port),
    DATABASE_URL: database.url,
    SECRETS_DIR: secretsDir,
    DEZI_KEYS: dezi.keyAddress,
    QUERY_API_URL: queryApi,
    RECORD_URL: 'http://127.0.0.1:10',
    LOG_LEVEL: 'silent',
  });
  viewer = await RawClient.create(issuer, 'viewer', secrets['client-viewer'] as JWK);
});

beforeEach(() => {
  dezi.status = 'actief';
});

afterAll(async () => {
  await service?.close();
  await dezi?.stop();
  await database?.drop();
  if (secretsDir !== undefined) await rm(secretsDir, { recursive: true });
});

const request = async (): Promise<Record<string, string>> => ({
  resource: audience,
  scope: 'view:read',
  organization_id: '11111111',
  dezi_statement: await dezi.statement(),
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
});

describe('metadata', () => {
  it('is published, with the signing key and without private parts', async () => {
    const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` });
    expect(metadata['token_endpoint_auth_methods_supported']).toEqual(['private_key_jwt']);
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: JWK[] };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });

  it('leaves the operational routes in place', async () => {
    expect((await fetch(`${issuer}/health/ready`)).status).toBe(200);
  });
});

describe('client credentials', () => {
  it('give a bound JWT that says on whose behalf, by whom and to what end', async () => {
    const { status, body } = await viewer.request(await request());
    expect(body.error_description).toBeUndefined();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 300 });
    const { payload, protectedHeader } = await jwtVerify(
      body.access_token ?? '',
      createRemoteJWKSet(new URL(`${issuer}/jwks`)),
      { typ: 'at+jwt' },
    );
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({
      iss: issuer,
      aud: audience,
      sub: 'viewer',
      client_id: 'viewer',
      scope: 'view:read',
      organization_ura: '11111111',
      organization_facility_type: 'Z3',
      user_id: '000095254',
      user_role: '01.015',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
      cnf: { jkt: await viewer.thumbprint() },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  it('through the client of this house, whose token its verifier accepts', async () => {
    const tokens = new AccessTokens({
      issuer,
      clientId: 'viewer',
      clientKey: secrets['client-viewer'] as JWK,
    });
    const wanted = { audience, scope: 'view:read', organisation: getUra('11111111') };
    const [one, two] = await Promise.all([
      tokens.clientCredentials(wanted),
      tokens.clientCredentials(wanted),
    ]);
    expect(one.accessToken).toBe(two.accessToken);
    const url = `${audience}/fhir/Patient`;
    const identity = await new AccessTokenVerifier({ issuer }).verify({
      authorization: `DPoP ${one.accessToken}`,
      proof: await one.proofKey.prove('GET', `${url}?x=1`, one.accessToken),
      method: 'GET',
      url,
      audience,
    });
    expect(identity).toMatchObject({
      clientId: 'viewer',
      organisation: { ura: '11111111', facilityType: 'Z3' },
    });
  });

  it.each([
    ['another organisation', { organization_id: '22222222' }, 'invalid_grant'],
    ['a scope of another client', { scope: 'holder:read' }, 'invalid_scope'],
    ['a scope nobody knows', { scope: 'view:read everything' }, 'invalid_scope'],
    ['no scope', { scope: '' }, 'invalid_scope'],
    ['no resource', { resource: '' }, 'invalid_target'],
    ['a resource with a query', { resource: `${audience}?a=b` }, 'invalid_target'],
    ['another purpose', { purpose_of_use: 'HRESCH' }, 'invalid_request'],
    ['another relation', { treatment_relation: 'none' }, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuse %s', async (_, change, error) => {
    const { status, body } = await viewer.request({ ...(await request()), ...change });
    expect(status).toBe(400);
    expect(body.error).toBe(error);
  });

  it('refuse two resources', async () => {
    const parts = await viewer.parts(await request());
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: parts.assertion,
      ...parts.parameters,
    });
    body.append('resource', 'http://127.0.0.1:9/other');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', DPoP: parts.proof ?? '' };
    expect((await fetch(`${issuer}/token`, { method: 'POST', headers, body: body.toString() })).status).toBe(
      400,
    );
  });
});

describe('client authentication and proof', () => {
  it('a client assertion is used once (acceptance scenario 30)', async () => {
    const first = await viewer.parts(await request());
    expect((await viewer.send(first)).status).toBe(200);
    const again = await viewer.send({ ...first, proof: await viewer.proof() });
    expect(again.body.error).toMatch(/invalid_(client|grant)/);
  });

  it('a proof is used once, also when both uses arrive together (acceptance scenario 15)', async () => {
    const proof = await viewer.proof();
    const parameters = await request();
    const parts = await Promise.all(
      [1, 2, 3, 4].map(async () => ({ parameters, proof, assertion: await viewer.assertion() })),
    );
    const answers = await Promise.all(parts.map((part) => viewer.send(part)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it.each([
    ['no proof', async () => ({ proof: undefined })],
    [
      'a proof for another URL',
      async () => ({ proof: await viewer.proof({ htu: 'https://elsewhere.example/token' }) }),
    ],
    ['a proof for another method', async () => ({ proof: await viewer.proof({ htm: 'GET' }) })],
    [
      'an old proof',
      async () => ({ proof: await viewer.proof({ iat: Math.floor(Date.now() / 1000) - 600 }) }),
    ],
    [
      'an expired assertion',
      async () => ({ assertion: await viewer.assertion({ exp: Math.floor(Date.now() / 1000) - 60 }) }),
    ],
    [
      'an assertion for another server',
      async () => ({ assertion: await viewer.assertion({ aud: 'https://elsewhere.example' }) }),
    ],
    [
      'an assertion of another client',
      async () => ({ assertion: await viewer.assertion({ iss: 'query-api', sub: 'query-api' }) }),
    ],
    ['an unsigned assertion', async () => ({ assertion: unsigned(await viewer.assertion()) })],
    [
      'an assertion signed with the public key as a secret',
      async () => ({ assertion: await confused(await viewer.assertion()) }),
    ],
  ])('refuse %s', async (_, change) => {
    const answer = await viewer.request(await request(), await change());
    expect([400, 401]).toContain(answer.status);
    expect(answer.body.access_token).toBeUndefined();
  });
});

describe('the address of the server', () => {
  it('is its issuer, not what a caller writes in Host', async () => {
    const elsewhere = 'http://elsewhere.example/token';
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await viewer.assertion({ aud: elsewhere }),
      ...(await request()),
    }).toString();
    const headers = {
      host: 'elsewhere.example',
      'x-forwarded-host': 'elsewhere.example',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      DPoP: await viewer.proof({ htu: elsewhere }),
    };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(`${issuer}/token`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end(body);
    });
    expect(status).toBe(401);
  });
});

describe('Dezi statements', () => {
  it('are reusable while they are valid', async () => {
    const parameters = await request();
    expect((await viewer.request(parameters)).status).toBe(200);
    expect((await viewer.request(parameters)).status).toBe(200);
  });

  const past = Math.floor(Date.now() / 1000) - 600;
  it.each([
    [
      'of another organisation (acceptance scenario 14)',
      () => dezi.statement({ abonnee_nummer: '33333333' }),
    ],
    ['expired', () => dezi.statement({ exp: past })],
    ['not yet valid', () => dezi.statement({ nbf: past + 1_200 })],
    ['tampered with', async () => tamper(await dezi.statement())],
    ['unsigned', async () => unsigned(await dezi.statement())],
    ['with keys from elsewhere', () => dezi.statement({}, { jku: 'https://attacker.example/jwks.json' })],
    [
      'with keys from an address that only begins well',
      () => dezi.statement({}, { jku: `${dezi.keyAddress}@attacker.example` }),
    ],
    [
      'with a status address elsewhere',
      () => dezi.statement({ status_uri: 'http://169.254.169.254/latest/meta-data' }),
    ],
    ['with a low level of assurance', () => dezi.statement({ loa_dezi: 'http://eidas.europa.eu/LoA/low' })],
    [
      'with a role code of an unknown source',
      () => dezi.statement({ rol_code_bron: 'https://elsewhere.example' }),
    ],
    ['with a malformed role code', () => dezi.statement({ rol_code: '01' })],
    ['without a number', () => dezi.statement({ dezi_nummer: undefined })],
    ['that is no statement', async () => 'nonsense'],
  ])('%s: refused', async (_, statement) => {
    const { body } = await viewer.request({ ...(await request()), dezi_statement: await statement() });
    expect(body).toMatchObject({ error: 'invalid_grant' });
    expect(body.error_description).not.toMatch(/\d{9}/);
  });

  it('revoked: refused (acceptance scenario 13)', async () => {
    dezi.status = 'ingetrokken';
    expect((await viewer.request(await request())).body.error).toBe('invalid_grant');
  });
});

describe('token exchange', () => {
  const exchange = (subjectToken: string): Record<string, string> => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: 'http://127.0.0.1:10/tenants/22222222/fhir',
    scope: 'holder:read',
  });
  const subjectToken = async (): Promise<string> =>
    (await viewer.request(await request())).body.access_token ?? '';
  const clientOf = (name: string): Promise<RawClient> =>
    RawClient.create(issuer, name, secrets[`client-${name}`] as JWK);

  it('keeps person, organisation and purpose, and names who passes them on', async () => {
    const client = await clientOf('query-api');
    const { status, body } = await client.request(exchange(await subjectToken()));
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      aud: 'http://127.0.0.1:10/tenants/22222222/fhir',
      sub: 'viewer',
      client_id: 'query-api',
      act: { client_id: 'query-api' },
      scope: 'holder:read',
      organization_ura: '11111111',
      organization_facility_type: 'Z3',
      user_id: '000095254',
      user_role: '01.015',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
      cnf: { jkt: await client.thumbprint() },
    });
  });

  it('is refused to a service the token was not meant for', async () => {
    const { body } = await (await clientOf('record')).request(exchange(await subjectToken()));
    expect(body).toMatchObject({ error: 'invalid_grant' });
  });

  it('cannot widen the scopes of the exchanging client', async () => {
    const client = await clientOf('query-api');
    const { body } = await client.request({ ...exchange(await subjectToken()), scope: 'audit:read' });
    expect(body.error).toBe('invalid_scope');
  });

  it('cannot bring an organisation or a person of its own', async () => {
    const client = await clientOf('query-api');
    const { body } = await client.request({ ...exchange(await subjectToken()), organization_id: '22222222' });
    expect(decodeJwt(body.access_token ?? '')['organization_ura']).toBe('11111111');
  });

  it.each([
    ['tampered with', async () => tamper(await subjectToken())],
    ['unsigned', async () => unsigned(await subjectToken())],
    ['a Dezi statement', () => dezi.statement()],
    ['nonsense', async () => 'nonsense'],
  ])('refuses a subject token that is %s', async (_, token) => {
    const { body } = await (await clientOf('query-api')).request(exchange(await token()));
    expect(body.error).toBe('invalid_grant');
  });
});

function tamper(token: string): string {
  const [header, payload, signature] = token.split('.');
  const claims = { ...decodeJwt(token), rol_code: '01.000', organization_ura: '22222222' };
  return [
    header,
    payload === undefined ? '' : Buffer.from(JSON.stringify(claims)).toString('base64url'),
    signature,
  ].join('.');
}

function unsigned(token: string): string {
  const header = { ...decodeProtectedHeader(token), alg: 'none' };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${token.split('.')[1]}.`;
}

async function confused(token: string): Promise<string> {
  const { x } = secrets['client-viewer'] as JWK;
  return new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(x ?? '', 'base64url'));
}
