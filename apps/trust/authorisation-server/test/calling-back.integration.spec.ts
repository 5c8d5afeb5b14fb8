import { Controller, Get, Module } from '@nestjs/common';
import { AccessTokens, authorisedFetch, IdentityModule, RequireScopes } from '@samenhang/identity';
import { runService, type RunningService } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsigned } from './forgeries.js';
import { holderAudience, RunningServer } from './running-server.js';
import type { RawClient } from './token-request.js';

@Controller('things')
class ThingsController {
  @Get()
  @RequireScopes('view:read')
  read(): object {
    return {};
  }
}

@Module({ imports: [IdentityModule], controllers: [ThingsController] })
class ProbeModule {}

/** Longer than the bound within which a service learns of a revocation, on a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 500 };

let server: RunningServer;
let probe: RunningService;
let viewer: RawClient;
let queryApi: RawClient;

beforeAll(async () => {
  const port = await freePort();
  // The query API is where tokens of the viewer are for; here the probe takes its place.
  server = await RunningServer.start({ QUERY_API_URL: `http://127.0.0.1:${port}` });
  viewer = await server.clientOf('viewer');
  queryApi = await server.clientOf('query-api');
  probe = await runService(
    { name: 'probe', title: 'Probe', portOffset: 99, module: ProbeModule },
    { PORT: String(port), AUTHORISATION_SERVER_URL: server.issuer, LOG_LEVEL: 'silent' },
  );
});

afterAll(async () => {
  await probe?.close();
  await server?.stop();
});

async function viewToken(): Promise<string> {
  const { body } = await viewer.request({ ...(await server.viewRequest()), resource: probe.url });
  return body.access_token ?? '';
}

describe('introspection', () => {
  it('tells the service that a token is for what it says', async () => {
    const { status, body } = await queryApi.post('introspect', { token: await viewToken() });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      active: true,
      client_id: 'viewer',
      scope: 'view:read',
      organization_ura: '11111111',
      cnf: { jkt: await viewer.thumbprint() },
      token_type: 'DPoP',
    });
  });

  it('tells whoever it was given to, and an enforcement point that may ask', async () => {
    const token = await viewToken();
    for (const client of [viewer, await server.clientOf('pep')])
      expect((await client.post('introspect', { token })).body).toMatchObject({ active: true });
  });

  it('tells other clients nothing', async () => {
    const pgo = await server.clientOf('pgo');
    expect((await pgo.post('introspect', { token: await viewToken() })).body).toEqual({ active: false });
  });

  it('tells nothing of what is no token of this server', async () => {
    for (const token of ['anything', unsigned(await viewToken()), await viewer.assertion()])
      expect((await queryApi.post('introspect', { token })).body).toEqual({ active: false });
  });

  it('answers no one who is not authenticated', async () => {
    const token = await viewToken();
    const form = { method: 'POST', body: new URLSearchParams({ token, client_id: 'query-api' }) };
    expect((await fetch(`${server.issuer}/introspect`, form)).status).toBe(401);
    const assertion = await queryApi.assertion();
    expect((await queryApi.post('introspect', { token }, assertion)).status).toBe(200);
    expect((await queryApi.post('introspect', { token }, assertion)).status).toBe(401);
    for (const claims of [{ aud: 'https://elsewhere.example' }, { exp: Math.floor(Date.now() / 1000) - 60 }])
      expect((await queryApi.post('introspect', { token }, await queryApi.assertion(claims))).status).toBe(
        401,
      );
  });

  it('an assertion that was used for a token is of no use here', async () => {
    const parts = await viewer.parts({ ...(await server.viewRequest()), resource: probe.url });
    const { body } = await viewer.send(parts);
    const answer = await viewer.post('introspect', { token: body.access_token ?? '' }, parts.assertion);
    expect(answer.status).toBe(401);
  });
});

describe('revocation', () => {
  it('ends a token everywhere within the bound, and what was exchanged for it', async () => {
    const tokens = new AccessTokens({
      issuer: server.issuer,
      clientId: 'viewer',
      clientKey: server.keyOf('viewer'),
    });
    const token = await tokens.clientCredentials({ audience: probe.url, scope: 'view:read' });
    const call = async (): Promise<number> => (await authorisedFetch(token, `${probe.url}/things`)).status;
    expect(await call()).toBe(200);
    const exchange = (subject: string): ReturnType<RawClient['request']> =>
      queryApi.request({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: subject,
        resource: holderAudience,
        scope: 'holder:read',
      });
    const exchanged = (await exchange(token.accessToken)).body.access_token ?? '';
    const record = await server.clientOf('record');
    expect((await record.post('introspect', { token: exchanged })).body).toMatchObject({ active: true });

    expect((await viewer.post('revoke', { token: token.accessToken })).status).toBe(200);
    // Here at once, at services that verify by themselves within the bound.
    expect((await queryApi.post('introspect', { token: token.accessToken })).body).toEqual({ active: false });
    expect((await record.post('introspect', { token: exchanged })).body).toEqual({ active: false });
    expect((await exchange(token.accessToken)).body.error).toBe('invalid_grant');
    await expect.poll(call, PATIENCE).toBe(401);
  }, 90_000);

  it('does not touch other tokens', async () => {
    const [one, other] = [await viewToken(), await viewToken()];
    await viewer.post('revoke', { token: one });
    expect((await queryApi.post('introspect', { token: other })).body).toMatchObject({ active: true });
  });

  it('is for whom the token was issued to', async () => {
    const token = await viewToken();
    expect((await queryApi.post('revoke', { token })).body).toEqual({ error: 'unauthorized_client' });
    expect((await queryApi.post('introspect', { token })).body).toMatchObject({ active: true });
    const form = { method: 'POST', body: new URLSearchParams({ token }) };
    expect((await fetch(`${server.issuer}/revoke`, form)).status).toBe(401);
  });

  it('of what is no token is done already', async () =>
    expect((await viewer.post('revoke', { token: 'anything' })).status).toBe(200));

  it('publishes hashes, and no id of a token', async () => {
    const token = await viewToken();
    await viewer.post('revoke', { token });
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      jti: string;
    };
    const list = await (await fetch(`${server.issuer}/revocations`)).text();
    expect((JSON.parse(list) as { revoked: string[] }).revoked.length).toBeGreaterThan(0);
    expect(list).not.toContain(jti);
  });
});
