import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thumbprintOf } from '@samenhang/identity';
import { TestAuthority, type TestCertificate } from '@samenhang/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServer } from './running-server.js';

interface Answer {
  readonly status: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const root = new TestAuthority('Root');
const authority = new TestAuthority('Authority', root);
const hospital = authority.issue({ commonName: 'epd.hospital.example', ura: '22222222' });
const revoked = authority.issue({ commonName: 'old.hospital.example', ura: '22222222' });
const gp = authority.issue({ commonName: 'his.gp.example', ura: '11111111' });
const over = authority.issue({ commonName: 'x', ura: '22222222', validUntil: new Date(Date.now() - 1_000) });
const stranger = new TestAuthority('Root').issue({ commonName: 'x', ura: '22222222' });
const nameless = authority.issue({ commonName: 'x' });

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  const own = root.issue({ commonName: 'localhost' });
  const files: Record<string, string> = {
    'server.pem': own.certificate,
    'server.key': own.key,
    'authorities.pem': root.certificate + authority.certificate,
    'revoked.pem': root.revocationList() + authority.revocationList({ revoked: [revoked] }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  server = await RunningServer.start({
    TLS_CERTIFICATE_FILE: join(directory, 'server.pem'),
    TLS_KEY_FILE: join(directory, 'server.key'),
    CLIENT_CERTIFICATE_AUTHORITIES: join(directory, 'authorities.pem'),
    CLIENT_CERTIFICATE_REVOCATIONS: join(directory, 'revoked.pem'),
  });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true });
});

function post(
  path: string,
  parameters: Record<string, string>,
  client?: TestCertificate,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.key };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.issuer}/${path}`,
      {
        method: 'POST',
        ca: root.certificate,
        agent: false,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        ...identity,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode, body: JSON.parse(text) as Answer['body'] }),
        );
      },
    );
    sent.on('error', reject).end(new URLSearchParams(parameters).toString());
  });
}

const tokenRequest = {
  grant_type: 'client_credentials',
  client_id: 'hospital',
  resource: 'http://127.0.0.1:11',
  scope: 'nvi:create',
  organization_id: '22222222',
};

describe('a client with a UZI server certificate', () => {
  it('gets a token that is bound to the certificate', async () => {
    const { status, body } = await post('token', tokenRequest, hospital);
    expect(body['error_description']).toBeUndefined();
    expect(status).toBe(200);
    expect(body['token_type']).toBe('Bearer');
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      client_id: 'hospital',
      organization_ura: '22222222',
      cnf: { 'x5t#S256': thumbprintOf(new X509Certificate(hospital.certificate)) },
    });
  });

  it.each([
    ['without a certificate', undefined],
    ['with that of another care provider', gp],
    ['with one that was revoked', revoked],
    ['with one that is over', over],
    ['with one of another authority', stranger],
    ['with one that names no care provider', nameless],
  ])('%s gets none', async (_, certificate) => {
    const { status, body } = await post('token', tokenRequest, certificate);
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: 'invalid_client' });
  });

  it('acts for no other care provider', async () => {
    const { body } = await post('token', { ...tokenRequest, organization_id: '11111111' }, hospital);
    expect(body['error']).toBe('invalid_grant');
  });

  it('is not who a header says', async () => {
    const encoded = new X509Certificate(hospital.certificate).raw.toString('base64');
    const headers = { 'client-cert': `:${encoded}:`, 'x-client-cert': encoded };
    expect((await post('token', tokenRequest, undefined, headers)).status).toBe(401);
  });

  it('may look at its token and revoke it, and nobody with another certificate', async () => {
    const token = String((await post('token', tokenRequest, hospital)).body['access_token']);
    const form = { client_id: 'hospital', token };
    expect((await post('introspect', form, hospital)).body).toMatchObject({
      active: true,
      token_type: 'Bearer',
    });
    for (const certificate of [undefined, gp, revoked])
      for (const path of ['introspect', 'revoke'])
        expect((await post(path, form, certificate)).status).toBe(401);
    expect((await post('revoke', form, hospital)).status).toBe(200);
    expect((await post('introspect', form, hospital)).body).toEqual({ active: false });
  });
});

describe('a client with a key', () => {
  it('whose tokens are bound to its certificate needs one, of any authority', async () => {
    const laboratory = await server.clientOf('laboratory');
    const parameters = {
      ...tokenRequest,
      client_id: 'laboratory',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    const ask = async (certificate?: TestCertificate): Promise<Answer> =>
      post('token', { ...parameters, client_assertion: await laboratory.assertion() }, certificate);
    expect((await ask()).body['error']).toBe('invalid_grant');
    const { body } = await ask(stranger);
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      cnf: { 'x5t#S256': thumbprintOf(new X509Certificate(stranger.certificate)) },
    });
  });

  it('is not let in by a certificate alone', async () => {
    const { body } = await post('token', { ...tokenRequest, client_id: 'laboratory' }, hospital);
    expect(body['error']).toBe('invalid_client');
  });
});
