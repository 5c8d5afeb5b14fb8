import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fhirSourceService } from '@samenhang/fhir-source';
import { runService, type RunningService } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import { exportJWK, SignJWT, type CryptoKey } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';

interface Bundle {
  entry?: { resource?: { id: string; gender?: string }; request: { method: string; url: string } }[];
  link: { relation: string; url: string }[];
}

describe('a FHIR source that is read by its changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fhir-source-'));
  let service: RunningService | undefined;
  let base = '';
  afterEach(async () => {
    await service?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (variables: Record<string, string> = {}): Promise<void> => {
    const port = await freePort();
    base = `http://127.0.0.1:${String(port)}`;
    service = await runService(fhirSourceService, { PORT: String(port), LOG_LEVEL: 'silent', ...variables });
  };
  const send = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${base}/fhir/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(body) }),
    });
  const put = (id: string, more: object = {}): Promise<Response> =>
    send('PUT', `Patient/${id}`, { resourceType: 'Patient', id, ...more });
  const get = async (path: string): Promise<Bundle> => (await send('GET', path)).json() as Promise<Bundle>;
  const acts = ({ entry = [] }: Bundle): string[] =>
    entry.map(({ request }) => `${request.method} ${request.url}`);

  it('keeps a history with deletions, newest first, by page', async () => {
    await start();
    await put('a');
    await put('b');
    await put('a', { gender: 'female' });
    expect((await send('DELETE', 'Patient/b')).status).toBe(204);
    expect(acts(await get('_history'))).toEqual([
      'DELETE Patient/b',
      'PUT Patient/a',
      'POST Patient',
      'POST Patient',
    ]);
    expect(acts(await get('Patient/a/_history'))).toEqual(['PUT Patient/a', 'POST Patient']);
    const first = await get('Patient/_history?_count=3');
    const next = first.link.find(({ relation }) => relation === 'next')?.url ?? '';
    expect(acts((await (await fetch(next)).json()) as Bundle)).toEqual(['POST Patient']);
    expect(
      (await get(`_history?_since=${new Date(Date.now() + 60_000).toISOString()}`)).entry,
    ).toBeUndefined();
    expect((await send('GET', 'Patient/b')).status).toBe(404);
  });

  it('exports everything as NDJSON, later only what changed and was deleted, until it expires', async () => {
    await start({ EXPORT_LIFETIME_SECONDS: '1' });
    await put('a');
    await put('b');
    const run = async (query: string): Promise<{ manifest: Record<string, unknown>; location: string }> => {
      const kickOff = await fetch(`${base}/fhir/$export?${query}`, { headers: { prefer: 'respond-async' } });
      expect(kickOff.status).toBe(202);
      const location = kickOff.headers.get('content-location') ?? '';
      const busy = await fetch(location);
      expect([busy.status, busy.headers.get('retry-after')]).toEqual([202, '1']);
      await wait(1100);
      return { manifest: (await (await fetch(location)).json()) as Record<string, unknown>, location };
    };
    expect((await fetch(`${base}/fhir/$export`)).status).toBe(400);
    const { manifest, location } = await run('_type=Patient');
    const [file] = manifest['output'] as { url: string; type: string }[];
    expect(file?.type).toBe('Patient');
    expect((await (await fetch(file?.url ?? '')).text()).trim().split('\n')).toHaveLength(2);
    await send('DELETE', 'Patient/a');
    const later = await run(`_since=${String(manifest['transactionTime'])}`);
    expect(later.manifest['output']).toEqual([]);
    const [deleted] = later.manifest['deleted'] as { url: string }[];
    expect(await (await fetch(deleted?.url ?? '')).json()).toMatchObject({
      entry: [{ request: { method: 'DELETE', url: 'Patient/a' } }],
    });
    expect((await fetch(location)).status).toBe(404);
    expect((await fetch(later.location, { method: 'DELETE' })).status).toBe(202);
  });

  it('lets only its client in when it has one, each assertion once', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const file = join(mkdtempSync(join(tmpdir(), 'fhir-source-client-')), 'client.json');
    const jwks = { keys: [await exportJWK(publicKey)] };
    writeFileSync(file, JSON.stringify({ clientId: 'node', jwks }));
    await start({ SMART_CLIENT_FILE: file });
    expect((await send('GET', 'Patient')).status).toBe(401);
    expect((await send('GET', 'metadata')).status).toBe(200);
    const { token_endpoint: endpoint } = (await (
      await send('GET', '.well-known/smart-configuration')
    ).json()) as { token_endpoint: string };
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES384' })
      .setIssuer('node')
      .setSubject('node')
      .setAudience(endpoint)
      .setJti('1')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey as unknown as CryptoKey);
    const ask = (text: string): Promise<Response> =>
      fetch(endpoint, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'system/*.rs',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: text,
        }),
      });
    const { access_token: token } = (await (await ask(assertion)).json()) as { access_token: string };
    const answer = await fetch(`${base}/fhir/Patient`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect((await ask(assertion)).status).toBe(401);
    expect((await ask('nonsense')).status).toBe(401);
  });

  it('tells rest-hook Subscriptions that something changed, without saying what', async () => {
    await start();
    const told: { authorization: string | undefined; body: string }[] = [];
    const hook: Server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        told.push({ authorization: request.headers.authorization, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${String((hook.address() as AddressInfo).port)}/`;
    const channel = { type: 'rest-hook', endpoint, header: ['Authorization: Bearer secret'] };
    const subscription = {
      resourceType: 'Subscription',
      id: 's',
      status: 'active',
      reason: 'x',
      criteria: 'Patient',
      channel,
    };
    expect((await send('PUT', 'Subscription/s', subscription)).status).toBe(201);
    await put('a');
    for (let tries = 0; tries < 100 && told.length === 0; tries++) await wait(20);
    hook.close();
    expect(told).toEqual([{ authorization: 'Bearer secret', body: '' }]);
  });
});
