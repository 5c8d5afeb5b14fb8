import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServer } from './running-server.js';
import type { RawClient } from './token-request.js';

const PATIENCE = { timeout: 60_000, interval: 200 };

let server: RunningServer;
let viewer: RawClient;
let windingUp: RawClient;

beforeAll(async () => {
  server = await RunningServer.start();
  viewer = await server.clientOf('viewer');
  windingUp = await server.clientOf('winding-up');
});

afterAll(() => server?.stop());

const ask = async (): Promise<string | undefined> =>
  (await viewer.request(await server.viewRequest())).body.error;

const purge = (organisation: string): ReturnType<RawClient['request']> =>
  windingUp.request({
    resource: 'http://127.0.0.1:11',
    scope: 'nvi:purge',
    organization_id: organisation,
  });

describe('a care provider that stopped (acceptance scenario 28)', () => {
  it('gets no tokens, nor does anybody for what it was given before', async () => {
    const { body } = await viewer.request(await server.viewRequest());
    expect(body.error).toBeUndefined();
    await server.tellStatus('11111111', false);
    await expect.poll(ask, PATIENCE).toBe('invalid_grant');
    const queryApi = await server.clientOf('query-api');
    const exchanged = await queryApi.request({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: body.access_token ?? '',
      resource: 'http://127.0.0.1:10/tenants/22222222/fhir',
      scope: 'holder:read',
    });
    expect(exchanged.body.error).toBe('invalid_grant');
  });

  it('is wound up by whoever has the mandate, and nobody else is', async () => {
    expect((await purge('11111111')).body.access_token).toBeDefined();
    expect((await purge('22222222')).body.error).toBe('invalid_grant');
    const { body } = await viewer.request({ ...(await server.viewRequest()), scope: 'nvi:purge' });
    expect(body.error).toBe('invalid_scope');
  });

  it('gets tokens again when it goes on', async () => {
    await server.tellStatus('11111111', true);
    await expect.poll(ask, PATIENCE).toBeUndefined();
    expect((await purge('11111111')).body.error).toBe('invalid_grant');
  });

  it('of several changes that come together the last holds', async () => {
    await server.tellStatus('11111111', false, true, false);
    await expect.poll(ask, PATIENCE).toBe('invalid_grant');
    await server.tellStatus('11111111', true, false, true);
    await expect.poll(ask, PATIENCE).toBeUndefined();
  });
});
