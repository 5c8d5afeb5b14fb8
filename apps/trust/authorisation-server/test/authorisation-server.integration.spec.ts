import { request as httpRequest } from 'node:http';
import { getUra } from '@samenhang/data-model';
import { AccessTokens, AccessTokenVerifier } from '@samenhang/identity';
import { decodeJwt, createRemoteJWKSet, jwtVerify, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confused, unsigned } from './forgeries.js';
import { audience, RunningServer } from './running-server.js';
import type { RawClient } from './token-request.js';

let server: RunningServer;
let viewer: RawClient;

beforeAll(async () => {
  server = await RunningServer.start();
  viewer = await server.clientOf('viewer');
});

afterAll(() => server?.stop());

describe('metadata', () => {
  it('is published, with the signing key and without private parts', async () => {
    const metadata = (await (
      await fetch(`${server.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      issuer: server.issuer,
      token_endpoint: `${server.issuer}/token`,
      jwks_uri: `${server.issuer}/jwks`,
    });
    expect(metadata['token_endpoint_auth_methods_supported']).toEqual([
      'private_key_jwt',
      'tls_client_auth',
      // Of wallets, which prove themselves by what they present.
      'none',
    ]);
    const { keys } = (await (await fetch(`${server.issuer}/jwks`)).json()) as { keys: JWK[] };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });

  it('leaves the operational routes in place', async () => {
    expect((await fetch(`${server.issuer}/health/ready`)).status).toBe(200);
  });
});

describe('client credentials', () => {
  it('give a bound JWT that says on whose behalf, by whom and to what end', async () => {
    const { status, body } = await viewer.request(await server.viewRequest());
    expect(body.error_description).toBeUndefined();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 300 });
    const { payload, protectedHeader } = await jwtVerify(
      body.access_token ?? '',
      createRemoteJWKSet(new URL(`${server.issuer}/jwks`)),
      { typ: 'at+jwt' },
    );
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({
      iss: server.issuer,
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
      issuer: server.issuer,
      clientId: 'viewer',
      clientKey: server.keyOf('viewer'),
    });
    const wanted = { audience, scope: 'view:read', organisation: getUra('11111111') };
    const [one, two] = await Promise.all([
      tokens.clientCredentials(wanted),
      tokens.clientCredentials(wanted),
    ]);
    expect(one.accessToken).toBe(two.accessToken);
    const url = `${audience}/fhir/Patient`;
    const identity = await new AccessTokenVerifier({ issuer: server.issuer }).verify({
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
    const { status, body } = await viewer.request({ ...(await server.viewRequest()), ...change });
    expect(status).toBe(400);
    expect(body.error).toBe(error);
  });

  it('refuse two resources', async () => {
    const parts = await viewer.parts(await server.viewRequest());
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: parts.assertion,
      ...parts.parameters,
    });
    body.append('resource', 'http://127.0.0.1:9/other');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', DPoP: parts.proof ?? '' };
    expect(
      (await fetch(`${server.issuer}/token`, { method: 'POST', headers, body: body.toString() })).status,
    ).toBe(400);
  });
});

describe('SMART scopes', () => {
  const ask = async (scope: string) => viewer.request({ ...(await server.viewRequest()), scope });

  it.each([
    'view:read patient/Observation.rs?category=laboratory',
    'view:read user/*.rs patient/Condition.s?code=http://snomed.info/sct|22298006',
  ])('narrow a view: %s', async (scope) => {
    const { status, body } = await ask(scope);
    expect(body.error_description).toBeUndefined();
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? '')['scope']).toBe(scope);
  });

  it.each([
    ['without the view that they narrow', 'patient/Observation.rs'],
    ['of no type', 'view:read patient/.rs'],
    ['of no interaction', 'view:read patient/Observation.'],
    ['of an unknown context', 'view:read group/Observation.rs'],
    ['of version 1', 'view:read patient/Observation.read'],
    ['beside a scope of another client', 'view:read patient/Observation.rs holder:read'],
  ])('are refused %s', async (_, scope) => {
    const { status, body } = await ask(scope);
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
  });
});

describe('client authentication and proof', () => {
  it('a client assertion is used once (acceptance scenario 30)', async () => {
    const first = await viewer.parts(await server.viewRequest());
    expect((await viewer.send(first)).status).toBe(200);
    const again = await viewer.send({ ...first, proof: await viewer.proof() });
    expect(again.body.error).toMatch(/invalid_(client|grant)/);
  });

  it('a proof is used once, also when both uses arrive together (acceptance scenario 15)', async () => {
    const proof = await viewer.proof();
    const parameters = await server.viewRequest();
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
      async () => ({ assertion: await confused(await viewer.assertion(), server.keyOf('viewer')) }),
    ],
  ])('refuse %s', async (_, change) => {
    const answer = await viewer.request(await server.viewRequest(), await change());
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
      ...(await server.viewRequest()),
    }).toString();
    const headers = {
      host: 'elsewhere.example',
      'x-forwarded-host': 'elsewhere.example',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      DPoP: await viewer.proof({ htu: elsewhere }),
    };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(`${server.issuer}/token`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end(body);
    });
    expect(status).toBe(401);
  });
});
