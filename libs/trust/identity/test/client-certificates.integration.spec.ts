import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { runService, type RunningService } from '@samenhang/service-kit';
import { freePort, TestAuthority, type TestCertificate } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityModule, RequireScopes, thumbprintOf } from '../src/index.js';
import { TokenMint } from './token-mint.js';

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

const authority = new TestAuthority();
const hospital = authority.issue({ commonName: 'epd.hospital.example', ura: '22222222' });
const other = authority.issue({ commonName: 'epd.other.example', ura: '33333333' });
const thumbprint = ({ certificate }: TestCertificate): string =>
  thumbprintOf(new X509Certificate(certificate));

let directory: string;
let mint: TokenMint;
let overTls: RunningService;
let behindProxy: RunningService;
let open: RunningService;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  const server = authority.issue({ commonName: 'localhost' });
  await writeFile(join(directory, 'server.pem'), server.certificate);
  await writeFile(join(directory, 'server.key'), server.key);
  mint = await TokenMint.start();
  const start = async (variables: Record<string, string>): Promise<RunningService> =>
    runService(
      { name: 'probe', title: 'Probe', portOffset: 99, module: ProbeModule },
      {
        PORT: String(await freePort()),
        AUTHORISATION_SERVER_URL: mint.url,
        LOG_LEVEL: 'silent',
        ...variables,
      },
    );
  overTls = await start({
    TLS_CERTIFICATE_FILE: join(directory, 'server.pem'),
    TLS_KEY_FILE: join(directory, 'server.key'),
  });
  behindProxy = await start({ CLIENT_CERTIFICATE_HEADER: 'client-cert', TRUSTED_PROXIES: '127.0.0.0/8' });
  // Proxies are elsewhere: whoever calls from here is nobody.
  open = await start({ CLIENT_CERTIFICATE_HEADER: 'client-cert', TRUSTED_PROXIES: '192.0.2.1' });
});

afterAll(async () => {
  for (const service of [overTls, behindProxy, open]) await service?.close();
  await mint?.stop();
  await rm(directory, { recursive: true });
});

async function boundToken(service: RunningService, confirmation: object): Promise<string> {
  const url = `${service.url}/things`;
  return (await mint.mint('GET', url, service.url, { claims: { cnf: confirmation } })).accessToken;
}

function call(headers: Record<string, string>, client?: TestCertificate): Promise<number | undefined> {
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.key };
  return new Promise((resolve, reject) => {
    request(
      `${overTls.url}/things`,
      { ca: authority.certificate, headers, agent: false, ...identity },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const passedOn = ({ certificate }: TestCertificate): string =>
  `:${new X509Certificate(certificate).raw.toString('base64')}:`;

describe('a token that is bound to a certificate (RFC 8705)', () => {
  it('is accepted over a connection with that certificate only', async () => {
    const token = await boundToken(overTls, { 'x5t#S256': thumbprint(hospital) });
    expect(await call(bearer(token), hospital)).toBe(200);
    expect(await call(bearer(token), other)).toBe(401);
    expect(await call(bearer(token))).toBe(401);
    expect(await call({ authorization: `DPoP ${token}` }, hospital)).toBe(401);
  });

  it('is not accepted because a header names the certificate', async () => {
    const token = await boundToken(overTls, { 'x5t#S256': thumbprint(hospital) });
    expect(await call({ ...bearer(token), 'client-cert': passedOn(hospital) }, other)).toBe(401);
    expect(await call({ ...bearer(token), 'client-cert': passedOn(hospital) })).toBe(401);
  });

  it('needs the proof as well when it is bound to a key too', async () => {
    const url = `${overTls.url}/things`;
    const { accessToken, proof } = await mint.mint('GET', url, overTls.url, {
      claims: { cnf: { jkt: await mint.thumbprint(), 'x5t#S256': thumbprint(hospital) } },
    });
    expect(await call(bearer(accessToken), hospital)).toBe(401);
    expect(await call({ authorization: `DPoP ${accessToken}`, dpop: proof }, other)).toBe(401);
    expect(await call({ authorization: `DPoP ${accessToken}`, dpop: proof }, hospital)).toBe(200);
  });

  it('a token that is bound to a key is no bearer token, whatever the certificate', async () => {
    const { accessToken } = await mint.mint('GET', `${overTls.url}/things`, overTls.url);
    expect(await call(bearer(accessToken), hospital)).toBe(401);
  });

  it.each([
    ['nothing', {}],
    ['a thumbprint that is no text', { 'x5t#S256': 1 }],
    ['a key that is no text', { jkt: null, 'x5t#S256': thumbprint(hospital) }],
  ])('bound to %s it is refused', async (_, confirmation) =>
    expect(await call(bearer(await boundToken(overTls, confirmation)), hospital)).toBe(401),
  );
});

describe('the certificate in a header', () => {
  const ask = async (service: RunningService, header: string | undefined): Promise<number> => {
    const token = await boundToken(service, { 'x5t#S256': thumbprint(hospital) });
    const headers = { ...bearer(token), ...(header === undefined ? {} : { 'client-cert': header }) };
    return (await fetch(`${service.url}/things`, { headers })).status;
  };

  it('is believed of a proxy that is trusted, in both forms', async () => {
    expect(await ask(behindProxy, passedOn(hospital))).toBe(200);
    expect(await ask(behindProxy, encodeURIComponent(hospital.certificate))).toBe(200);
    expect(await ask(behindProxy, passedOn(other))).toBe(401);
    expect(await ask(behindProxy, 'no certificate')).toBe(401);
    expect(await ask(behindProxy, undefined)).toBe(401);
  });

  it('is refused of anybody else, also beside a good proof', async () => {
    expect(await ask(open, passedOn(hospital))).toBe(401);
    const minted = await mint.mint('GET', `${open.url}/things`, open.url);
    const headers = { authorization: `DPoP ${minted.accessToken}`, dpop: minted.proof };
    const spoofed = { ...headers, 'client-cert': passedOn(hospital) };
    expect((await fetch(`${open.url}/things`, { headers: spoofed })).status).toBe(401);
    expect((await fetch(`${open.url}/things`, { headers })).status).toBe(200);
  });

  it('needs proxies that are named', async () => {
    const definition = { name: 'probe', title: 'Probe', portOffset: 99, module: ProbeModule };
    const variables = { PORT: String(await freePort()), LOG_LEVEL: 'silent' };
    for (const wrong of [{}, { TRUSTED_PROXIES: 'everybody' }])
      await expect(
        runService(definition, { ...variables, CLIENT_CERTIFICATE_HEADER: 'client-cert', ...wrong }),
      ).rejects.toThrow('TRUSTED_PROXIES');
  });
});
