import type { OutsideState, StatusProblem } from '@samenhang/service-kit';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tamper, unsigned } from './forgeries.js';
import { holderAudience, RunningServer } from './running-server.js';
import type { RawClient } from './token-request.js';

let server: RunningServer;
let viewer: RawClient;

beforeAll(async () => {
  server = await RunningServer.start();
  viewer = await server.clientOf('viewer');
});

beforeEach(() => {
  server.dezi.status = 'actief';
  server.dezi.isDown = false;
});

afterAll(() => server?.stop());

describe('Dezi statements', () => {
  it('are reusable while they are valid', async () => {
    const parameters = await server.viewRequest();
    expect((await viewer.request(parameters)).status).toBe(200);
    expect((await viewer.request(parameters)).status).toBe(200);
  });

  const past = Math.floor(Date.now() / 1000) - 600;
  it.each([
    [
      'of another organisation (acceptance scenario 14)',
      () => server.dezi.statement({ abonnee_nummer: '33333333' }),
    ],
    ['expired', () => server.dezi.statement({ exp: past })],
    ['not yet valid', () => server.dezi.statement({ nbf: past + 1_200 })],
    ['tampered with', async () => tamper(await server.dezi.statement())],
    ['unsigned', async () => unsigned(await server.dezi.statement())],
    [
      'with keys from elsewhere',
      () => server.dezi.statement({}, { jku: 'https://attacker.example/jwks.json' }),
    ],
    [
      'with keys from an address that only begins well',
      () => server.dezi.statement({}, { jku: `${server.dezi.keyAddress}@attacker.example` }),
    ],
    [
      'with a status address elsewhere',
      () => server.dezi.statement({ status_uri: 'http://169.254.169.254/latest/meta-data' }),
    ],
    [
      'with a low level of assurance',
      () => server.dezi.statement({ loa_dezi: 'http://eidas.europa.eu/LoA/low' }),
    ],
    [
      'with a role code of an unknown source',
      () => server.dezi.statement({ rol_code_bron: 'https://elsewhere.example' }),
    ],
    ['with a malformed role code', () => server.dezi.statement({ rol_code: '01' })],
    ['without a number', () => server.dezi.statement({ dezi_nummer: undefined })],
    ['that is no statement', async () => 'nonsense'],
  ])('%s: refused', async (_, statement) => {
    const { body } = await viewer.request({
      ...(await server.viewRequest()),
      dezi_statement: await statement(),
    });
    expect(body).toMatchObject({ error: 'invalid_grant' });
    expect(body.error_description).not.toMatch(/\d{9}/);
  });

  it('revoked: refused (acceptance scenario 13)', async () => {
    server.dezi.status = 'ingetrokken';
    expect((await viewer.request(await server.viewRequest())).body.error).toBe('invalid_grant');
  });

  it('are refused while the issuer is away, which the operator sees until it is back', async () => {
    const dezi = async (): Promise<{ state?: string; problems: StatusProblem[] }> => {
      const { outside, problems } = (await (await fetch(`${server.issuer}/status`)).json()) as {
        outside: OutsideState[];
        problems: StatusProblem[];
      };
      const state = outside.find(({ name }) => name === 'dezi')?.state;
      return {
        ...(state === undefined ? {} : { state }),
        problems: problems.filter((problem) => problem.outside === 'dezi'),
      };
    };
    server.dezi.isDown = true;
    for (let time = 0; time < 3; time += 1)
      expect((await viewer.request(await server.viewRequest())).body.error).toBe('invalid_grant');
    expect(await dezi()).toMatchObject({ state: 'failing', problems: [{ code: 'outside-failing' }] });
    server.dezi.isDown = false;
    expect((await viewer.request(await server.viewRequest())).status).toBe(200);
    expect(await dezi()).toEqual({ state: 'answers', problems: [] });
  });
});

describe('token exchange', () => {
  const exchange = (subjectToken: string): Record<string, string> => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: holderAudience,
    scope: 'holder:read',
  });
  const subjectToken = async (): Promise<string> =>
    (await viewer.request(await server.viewRequest())).body.access_token ?? '';

  it('keeps person, organisation and purpose, and names who passes them on', async () => {
    const client = await server.clientOf('query-api');
    const { status, body } = await client.request(exchange(await subjectToken()));
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      aud: holderAudience,
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
    const { body } = await (await server.clientOf('record')).request(exchange(await subjectToken()));
    expect(body).toMatchObject({ error: 'invalid_grant' });
  });

  it('cannot widen the scopes of the exchanging client', async () => {
    const client = await server.clientOf('query-api');
    const { body } = await client.request({ ...exchange(await subjectToken()), scope: 'audit:read' });
    expect(body.error).toBe('invalid_scope');
  });

  it('cannot bring an organisation or a person of its own', async () => {
    const client = await server.clientOf('query-api');
    const { body } = await client.request({ ...exchange(await subjectToken()), organization_id: '22222222' });
    expect(decodeJwt(body.access_token ?? '')['organization_ura']).toBe('11111111');
  });

  it.each([
    ['tampered with', async () => tamper(await subjectToken())],
    ['unsigned', async () => unsigned(await subjectToken())],
    ['a Dezi statement', () => server.dezi.statement()],
    ['nonsense', async () => 'nonsense'],
  ])('refuses a subject token that is %s', async (_, token) => {
    const { body } = await (await server.clientOf('query-api')).request(exchange(await token()));
    expect(body.error).toBe('invalid_grant');
  });
});
