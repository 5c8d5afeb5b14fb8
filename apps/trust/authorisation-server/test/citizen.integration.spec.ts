import { PatientBinding, type PatientBindingSecret } from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CitizenBrowser, LoginStub, redirectUri } from './citizen-desk.js';
import { audience, holderAudience, RunningServer } from './running-server.js';
import type { RawClient, TokenAnswer } from './token-request.js';

const B = '999901370';

let login: LoginStub;
let server: RunningServer;
let pgo: RawClient;
let browser: CitizenBrowser;

beforeAll(async () => {
  login = await LoginStub.start();
  server = await RunningServer.start({ CITIZEN_LOGIN_URL: login.url });
  pgo = await server.clientOf('pgo');
});
beforeEach(() => {
  login.requestId = undefined;
  browser = new CitizenBrowser(server.issuer, login);
});
afterAll(async () => {
  await server?.stop();
  await login?.stop();
});

function redeem(code: string, change: Record<string, string> = {}): Promise<TokenAnswer> {
  return pgo.request({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: browser.verifier,
    resource: holderAudience,
    scope: 'holder:read',
    ...change,
  });
}

describe('a citizen gives leave (acceptance scenario 9)', () => {
  it('is offered in the metadata, with PKCE', async () => {
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      authorization_endpoint: `${server.issuer}/citizen/authorize`,
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('and the application gets a token that is for this citizen, whom no URL tells', async () => {
    const { status, body } = await redeem(await browser.code());
    expect(body.error_description).toBeUndefined();
    expect(status).toBe(200);
    const claims = decodeJwt(body.access_token ?? '');
    expect(claims).toMatchObject({ client_id: 'pgo', purpose_of_use: 'PATRQT', aud: holderAudience });
    expect(claims).not.toHaveProperty('organization_ura');
    const binding = new PatientBinding(server.secrets['patient-binding'] as PatientBindingSecret);
    expect(binding.open(String(claims['patient_binding']))).toContain(B);
    expect(JSON.stringify([claims, browser.visited])).not.toContain(B);
  });

  it('for one use: the second gets invalid_grant', async () => {
    const code = await browser.code();
    expect((await redeem(code)).status).toBe(200);
    expect((await redeem(code)).body.error).toBe('invalid_grant');
  });

  it('and of two uses at once one succeeds', async () => {
    const code = await browser.code();
    const answers = await Promise.all([redeem(code), redeem(code), redeem(code)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, string]>([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['another address', { redirect_uri: 'https://pgo.example/other' }, 'invalid_grant'],
    ['another care provider', { resource: 'http://127.0.0.1:10/tenants/33333333/fhir' }, 'invalid_target'],
    ['an invented code', { code: 'x'.repeat(43) }, 'invalid_grant'],
  ])('refuses %s, and the code is spent', async (_, change, error) => {
    const code = await browser.code();
    expect((await redeem(code, change)).body.error).toBe(error);
    if (change['code'] === undefined) expect((await redeem(code)).body.error).toBe('invalid_grant');
  });

  it('refuses a code to another application', async () => {
    const viewer = await server.clientOf('viewer');
    const answer = await viewer.request({
      grant_type: 'authorization_code',
      code: await browser.code(),
      redirect_uri: redirectUri,
      code_verifier: browser.verifier,
      resource: holderAudience,
      scope: 'view:read',
    });
    expect(answer.status).toBe(400);
    expect(answer.body.access_token).toBeUndefined();
  });

  it('needs its time: after a quarter of an hour consent is refused', async () => {
    const page = await (await browser.comeBack(await browser.begin())).text();
    const left = await withClient(server.databaseUrl, async (client) => {
      const found = await client.query<{ seconds: number }>(
        `SELECT max(extract(epoch FROM expires_at - now()))::float8 AS seconds FROM authorisation_server.artifact WHERE model = 'CitizenConsent'`,
      );
      await client.query(
        `UPDATE authorisation_server.artifact SET expires_at = now() WHERE model = 'CitizenConsent'`,
      );
      return found.rows[0]?.seconds;
    });
    expect(left).toBeLessThanOrEqual(900);
    expect(left).toBeGreaterThan(800);
    const answer = await browser.decide(page, 'yes');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('or does not', async () => {
    const page = await (await browser.comeBack(await browser.begin())).text();
    const answer = await browser.decide(page, 'no');
    expect(answer.headers.get('location')).toBe(
      `${redirectUri}?error=access_denied&state=state-of-the-application`,
    );
    expect((await browser.decide(page, 'yes')).status).toBe(400);
  });
});

describe('a visit: one leave, several tokens', () => {
  const goOn = (refreshToken: string | undefined, change: Record<string, string> = {}) =>
    pgo.request({
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      resource: holderAudience,
      scope: 'holder:read',
      ...change,
    });
  const gp = holderAudience.replace('22222222', '11111111');

  it('names every care provider and what else is asked, before the yes', async () => {
    const begun = await browser.begin({ scope: '22222222~48 11111111~48' });
    const page = await (await browser.comeBack(begun)).text();
    for (const words of ['22222222', '11111111', 'uw keuzes']) expect(page).toContain(words);
  });

  it('goes on with the next token, at each care provider of the leave and for own choices', async () => {
    const first = await redeem(await browser.code({ scope: '22222222~48 11111111~48' }));
    expect(first.status).toBe(200);
    const second = await goOn(first.body.refresh_token, { resource: gp });
    expect(second.body.error_description).toBeUndefined();
    const binding = new PatientBinding(server.secrets['patient-binding'] as PatientBindingSecret);
    const claims = decodeJwt(second.body.access_token ?? '');
    expect(claims).toMatchObject({ aud: gp, scope: 'holder:read', purpose_of_use: 'PATRQT' });
    expect(binding.open(String(claims['patient_binding']))).toContain(B);
    const register = { resource: 'http://127.0.0.1:11', scope: 'consent:own' };
    const third = await goOn(second.body.refresh_token, register);
    expect(decodeJwt(third.body.access_token ?? '')).toMatchObject({
      aud: register.resource,
      scope: 'consent:own',
      purpose_of_use: 'PATRQT',
    });
    expect((await goOn(second.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('reaches no further than the leave', async () => {
    const elsewhere = await goOn((await redeem(await browser.code())).body.refresh_token, { resource: gp });
    expect(elsewhere.body.error).toBe('invalid_target');
    const both = { resource: 'http://127.0.0.1:11', scope: 'consent:own holder:read' };
    const wider = await goOn((await redeem(await browser.code())).body.refresh_token, both);
    expect(wider.body.error).toBe('invalid_target');
  });

  it('is of the application that began it, and ends', async () => {
    const { body } = await redeem(await browser.code());
    const viewer = await server.clientOf('viewer');
    const asked = { resource: holderAudience, scope: 'view:read', refresh_token: body.refresh_token ?? '' };
    expect((await viewer.request({ grant_type: 'refresh_token', ...asked })).status).toBe(400);
    await withClient(server.databaseUrl, (client) =>
      client.query(
        `UPDATE authorisation_server.artifact SET expires_at = now() WHERE model = 'CitizenVisit'`,
      ),
    );
    expect((await goOn(body.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('a view of what several care providers hold', () => {
  const view = {
    resource: 'http://127.0.0.1:12',
    scope: 'view:read patient/Observation.rs?category=laboratory',
  };
  const passOn = async (subject: string, resource: string) =>
    (await server.clientOf('query-api')).request({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'holder:read',
      resource,
    });

  it('is for the care providers of the leave, and narrowed as it was asked', async () => {
    const { body } = await redeem(await browser.code({ scope: '22222222~48 11111111~48' }), view);
    expect(body.error_description).toBeUndefined();
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      aud: view.resource,
      scope: view.scope,
      purpose_of_use: 'PATRQT',
      data_holders: ['22222222', '11111111'],
    });
  });

  it('is passed on to those and to no other', async () => {
    const { body } = await redeem(await browser.code(), { ...view, resource: audience });
    const passed = await passOn(body.access_token ?? '', holderAudience);
    expect(passed.body.error_description).toBeUndefined();
    expect(decodeJwt(passed.body.access_token ?? '')).toMatchObject({
      aud: holderAudience,
      scope: 'holder:read',
      purpose_of_use: 'PATRQT',
    });
    const other = await passOn(body.access_token ?? '', holderAudience.replace('22222222', '11111111'));
    expect(other.body.error).toBe('invalid_target');
  });
});

describe('what is tried against it', () => {
  it.each<[string, Record<string, string>]>([
    ['another address to go back to', { redirect_uri: 'https://attacker.example/cb' }],
    ['an address that only begins well', { redirect_uri: `${redirectUri}.attacker.example` }],
    ['an application that has none', { client_id: 'viewer' }],
  ])('%s: nobody is sent anywhere', async (_, change) => {
    const response = await browser.begin(change);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['no PKCE', { code_challenge: '' }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a token in the URL', { response_type: 'token' }, 'unsupported_response_type'],
    ['all care providers', { scope: '*~48' }, 'invalid_scope'],
    ['one that is none among others', { scope: '22222222~48 *~48' }, 'invalid_scope'],
    ['more than can be read', { scope: Array(21).fill('22222222~48').join(' ') }, 'invalid_scope'],
    ['no state', { state: '' }, 'invalid_request'],
  ])('%s: refused', async (_, change, error) => {
    const response = await browser.begin(change);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe(error);
  });

  it('the login of one browser is of no use in another', async () => {
    const begun = await browser.begin();
    const other = new CitizenBrowser(server.issuer, login);
    expect((await other.comeBack(begun)).status).toBe(400);
  });

  it('a login for another request is no login', async () => {
    login.requestId = 'another-request';
    expect((await browser.comeBack(await browser.begin())).status).toBe(400);
  });

  it('consent cannot be given in another browser', async () => {
    const page = await (await browser.comeBack(await browser.begin())).text();
    browser.cookie = 'samenhang_citizen=guess';
    expect((await browser.decide(page, 'yes')).status).toBe(400);
  });

  it('the purpose of a citizen cannot be asked for by a system', async () => {
    const viewer = await server.clientOf('viewer');
    const answer = await viewer.request({ ...(await server.viewRequest()), purpose_of_use: 'PATRQT' });
    expect(answer.body.error).toBe('invalid_request');
  });
});
