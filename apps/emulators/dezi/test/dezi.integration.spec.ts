import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runService, type RunningService } from '@samenhang/service-kit';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deziEmulatorService } from '../src/index.js';

let secretsDir: string;
let service: RunningService;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  secretsDir = await mkdtemp(join(tmpdir(), 'secrets-'));
  const signing = { ...(await exportJWK(privateKey)), kid: 'dezi-test', alg: 'RS256', use: 'sig' };
  await writeFile(join(secretsDir, 'dezi.json'), JSON.stringify({ signing }));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  service = await runService(deziEmulatorService, {
    PORT: String(port),
    SECRETS_DIR: secretsDir,
    AUTHORISATION_SERVER_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
  });
});

afterAll(async () => {
  await service?.close();
  await rm(secretsDir, { recursive: true });
});

async function statementOf(deziNumber: string): Promise<string> {
  const response = await fetch(`${service.url}/professionals/${deziNumber}/statement`, { method: 'POST' });
  expect(response.status).toBe(200);
  return ((await response.json()) as { verklaring: string }).verklaring;
}

it('issues statements in the form of the Dezi interface specification', async () => {
  const statement = await statementOf('000095254');
  const { jku, kid, alg } = decodeProtectedHeader(statement);
  expect({ jku, kid, alg }).toEqual({ jku: `${service.url}/dezi/jwks.json`, kid: 'dezi-test', alg: 'RS256' });
  const { payload } = await jwtVerify(statement, createRemoteJWKSet(new URL(jku ?? '')), {
    algorithms: ['RS256'],
  });
  expect(payload).toMatchObject({
    iss: service.url,
    dezi_nummer: '000095254',
    abonnee_nummer: '11111111',
    rol_code: '01.015',
    rol_code_bron: 'http://www.dezi.nl/rol_bron/big',
    voorvoegsel: null,
    loa_dezi: 'http://eidas.europa.eu/LoA/high',
  });
});

it('publishes no private key', async () => {
  const { keys } = (await (await fetch(`${service.url}/dezi/jwks.json`)).json()) as { keys: object[] };
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

it('tells the status of a statement, and withdraws it', async () => {
  const { payload } = await jwtVerify(
    await statementOf('900000009'),
    createRemoteJWKSet(new URL(`${service.url}/dezi/jwks.json`)),
  );
  const address = String(payload['status_uri']);
  const status = async (): Promise<unknown> =>
    ((await (await fetch(address)).json()) as { status: unknown }).status;
  expect(await status()).toBe('actief');
  await fetch(`${address}/intrekken`, { method: 'POST' });
  expect(await status()).toBe('ingetrokken');
  await fetch(`${address}/herstellen`, { method: 'POST' });
  expect(await status()).toBe('actief');
});

it('knows its professionals only', async () => {
  expect((await fetch(`${service.url}/professionals/111111111/statement`, { method: 'POST' })).status).toBe(
    404,
  );
  expect((await fetch(`${service.url}/status/v1/verklaring/unknown`)).status).toBe(404);
});

it('issues a statement with other claims, of those that may be changed', async () => {
  const ask = (changes: unknown): Promise<Response> =>
    fetch(`${service.url}/professionals/000095254/statement`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ changes }),
    });
  const { verklaring } = (await (await ask({ rol_code: '99.999' })).json()) as { verklaring: string };
  expect(decodeJwt(verklaring)).toMatchObject({ rol_code: '99.999', dezi_nummer: '000095254' });
  expect((await ask({ iss: 'elsewhere' })).status).toBe(422);
  expect((await ask({ rol_code: 1 })).status).toBe(422);
  expect((await ask('rol_code')).status).toBe(400);
});

describe("the stand-in of the citizens' login", () => {
  const returnTo = 'http://127.0.0.1:9/citizen/return';
  const post = (path: string, body: Record<string, string>): Promise<Response> =>
    fetch(`${service.url}/digid/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
    });

  it('sends a citizen back with a reference that says nothing, and resolves it once', async () => {
    const login = { request_id: 'request', return_to: returnTo, number: '999901370' };
    const location = (await post('login', login)).headers.get('location') ?? '';
    expect(location.startsWith(`${returnTo}?`)).toBe(true);
    expect(location).not.toContain('999901370');
    const artifact = new URL(location).searchParams.get('artifact') ?? '';
    const resolved = await post('artifact', { artifact });
    expect(await resolved.json()).toEqual({
      identifier: 'http://fhir.nl/fhir/NamingSystem/bsn|999901370',
      request_id: 'request',
    });
    expect((await post('artifact', { artifact })).status).toBe(404);
  });

  it('shows a page, and leads to the authorisation server only', async () => {
    const query = (to: string): string => new URLSearchParams({ request_id: 'r', return_to: to }).toString();
    expect((await fetch(`${service.url}/digid/login?${query(returnTo)}`)).status).toBe(200);
    expect((await fetch(`${service.url}/digid/login?${query('https://attacker.example')}`)).status).toBe(400);
    expect(
      (await fetch(`${service.url}/digid/login?request_id="><script>&return_to=${returnTo}`)).status,
    ).toBe(400);
  });
});
