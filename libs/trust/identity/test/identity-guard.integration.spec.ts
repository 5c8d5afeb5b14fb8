import { createServer, type AddressInfo } from 'node:net';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { runService, type RunningService } from '@samenhang/service-kit';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Audience,
  Identity,
  IdentityModule,
  Public,
  RequireScopes,
  toRevocationEntry,
  type VerifiedIdentity,
} from '../src/index.js';
import { TokenMint, type Minted, type MintOptions } from './token-mint.js';

@Controller('things')
class ThingsController {
  @Get()
  @RequireScopes('view:read')
  read(@Identity() identity: VerifiedIdentity): object {
    return { ...identity, scopes: [...identity.scopes] };
  }

  @Post()
  @RequireScopes('view:read', 'holder:read')
  both(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    return { open: true };
  }

  @Get('forgotten')
  forgotten(): object {
    return { secret: true };
  }
}

@Controller('tenants/:ura/fhir')
@RequireScopes('view:read')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
class TenantController {
  @Get('Patient')
  patient(): object {
    return {};
  }
}

@Module({ imports: [IdentityModule], controllers: [ThingsController, TenantController] })
class ProbeModule {}

let mint: TokenMint;
let service: RunningService;

beforeAll(async () => {
  mint = await TokenMint.start();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  service = await runService(
    { name: 'probe', title: 'Probe', portOffset: 99, module: ProbeModule },
    { PORT: String(port), AUTHORISATION_SERVER_URL: mint.url, LOG_LEVEL: 'silent' },
  );
});

afterAll(async () => {
  await service?.close();
  await mint?.stop();
});

const present = (path: string, { accessToken, proof }: Minted, method = 'GET'): Promise<Response> =>
  fetch(`${service.url}${path}`, { method, headers: { Authorization: `DPoP ${accessToken}`, DPoP: proof } });

async function call(
  path: string,
  options: MintOptions & { method?: string; audience?: string; provenPath?: string } = {},
): Promise<Response> {
  const method = options.method ?? 'GET';
  const url = `${service.url}${options.provenPath ?? path}`;
  return present(path, await mint.mint(method, url, options.audience ?? service.url, options), method);
}

describe('a valid token', () => {
  it('gives the verified identity', async () => {
    const response = await call('/things?page=2');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      clientId: 'viewer',
      scopes: ['view:read'],
      organisation: { ura: '11111111', facilityType: 'Z3' },
      professional: { id: '000095254', roleCode: '01.015' },
    });
  });

  it('needs every scope of the handler', async () => {
    const response = await call('/things', { method: 'POST' });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(
      (await call('/things', { method: 'POST', claims: { scope: 'holder:read view:read' } })).status,
    ).toBe(201);
  });

  it('is verified without asking the issuer each time', async () => {
    for (let count = 0; count < 5; count += 1) await call('/things');
    expect(mint.keyRequests).toBe(1);
  });

  it('names the audience of the tenant where there is one', async () => {
    const audience = `${service.url}/tenants/22222222/fhir`;
    expect((await call('/tenants/22222222/fhir/Patient', { audience })).status).toBe(200);
    expect((await call('/tenants/33333333/fhir/Patient', { audience })).status).toBe(401);
    expect((await call('/tenants/22222222/fhir/Patient')).status).toBe(401);
  });
});

describe('routes', () => {
  it('marked public need no token', async () =>
    expect((await fetch(`${service.url}/things/open`)).status).toBe(200));
  it('with neither scope nor mark admit nobody', async () =>
    expect((await call('/things/forgotten')).status).toBe(403));
  it('of operations stay open', async () =>
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200));
});

describe('without a token', () => {
  it('the answer is a challenge', async () => {
    const response = await fetch(`${service.url}/things`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP /);
  });

  it('a bearer token is not one', async () => {
    const { accessToken } = await mint.mint('GET', `${service.url}/things`, service.url);
    const response = await fetch(`${service.url}/things`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    expect(response.status).toBe(401);
  });

  it('headers of a proxy are not believed', async () => {
    const headers = { 'x-gf-sub': '11111111', 'x-gf-scope': 'view:read', 'x-forwarded-user': 'admin' };
    expect((await fetch(`${service.url}/things`, { headers })).status).toBe(401);
  });
});

const now = (): number => Math.floor(Date.now() / 1000);

describe('tokens that are refused', () => {
  it.each<
    [string, () => Promise<MintOptions & { audience?: string }> | (MintOptions & { audience?: string })]
  >([
    ['expired', () => ({ claims: { exp: now() - 60 } })],
    ['without expiry', () => ({ claims: { exp: undefined } })],
    ['for another audience', () => ({ audience: 'https://elsewhere.example' })],
    ['for several audiences', () => ({ claims: { aud: [service.url, 'https://elsewhere.example'] } })],
    ['of another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['not bound to a key', () => ({ claims: { cnf: undefined } })],
    ['bound to another key', () => ({ claims: { cnf: { jkt: 'A'.repeat(43) } } })],
    ['signed by another key', async () => ({ tokenKey: (await generateKeyPair('ES256')).privateKey })],
    ['of another type', () => ({ header: { typ: 'JWT' } })],
    ['of an unknown key id', () => ({ header: { kid: 'other' } })],
    [
      'signed with the public key as a secret',
      () => ({ header: { alg: 'HS256' }, tokenKey: Buffer.from(JSON.stringify(mint.publicJwk)) }),
    ],
    ['with a malformed organisation', () => ({ claims: { organization_ura: '1' } })],
    ['with half a professional', () => ({ claims: { user_role: undefined } })],
  ])('%s', async (_, options) => {
    const response = await call('/things', await options());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP /);
    expect(await response.text()).not.toContain('eyJ');
  });

  it('unsigned', async () => {
    const minted = await mint.mint('GET', `${service.url}/things`, service.url);
    const [, payload] = minted.accessToken.split('.');
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    expect((await present('/things', { ...minted, accessToken: `${header}.${payload}.` })).status).toBe(401);
  });

  it('tampered with', async () => {
    const minted = await mint.mint('GET', `${service.url}/things`, service.url);
    const [header, payload, signature] = minted.accessToken.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...claims, organization_ura: '22222222' })).toString(
      'base64url',
    );
    expect(
      (await present('/things', { ...minted, accessToken: `${header}.${altered}.${signature}` })).status,
    ).toBe(401);
  });
});

describe('a token that was called back', () => {
  it('is refused within the bound', async () => {
    const minted = await mint.mint('GET', `${service.url}/things`, service.url, { claims: { jti: 'one' } });
    expect((await present('/things', minted)).status).toBe(200);
    mint.revoked = [toRevocationEntry('one')];
    const again = (): Promise<number> =>
      call('/things', { claims: { jti: 'one' } }).then(({ status }) => status);
    await expect.poll(again, { timeout: 60_000, interval: 500 }).toBe(401);
    expect((await call('/things')).status).toBe(200);
    // What was exchanged for it ends with it.
    expect((await call('/things', { claims: { origin_jti: 'one' } })).status).toBe(401);
  }, 90_000);
});

describe('proofs that are refused (acceptance scenario 15)', () => {
  it('a proof used before', async () => {
    const minted = await mint.mint('GET', `${service.url}/things`, service.url);
    expect((await present('/things', minted)).status).toBe(200);
    expect((await present('/things', minted)).status).toBe(401);
  });

  it('no proof', async () => {
    const { accessToken } = await mint.mint('GET', `${service.url}/things`, service.url);
    expect(
      (await fetch(`${service.url}/things`, { headers: { Authorization: `DPoP ${accessToken}` } })).status,
    ).toBe(401);
  });

  it.each<[string, () => Promise<MintOptions> | MintOptions]>([
    ['for another method', () => ({ proofClaims: { htm: 'POST' } })],
    ['for another URL', () => ({ proofClaims: { htu: `${service.url}/other` } })],
    ['for another host', () => ({ proofClaims: { htu: 'https://elsewhere.example/things' } })],
    ['without a URL', () => ({ proofClaims: { htu: undefined } })],
    ['ten minutes old', () => ({ proofClaims: { iat: now() - 600 } })],
    ['from the future', () => ({ proofClaims: { iat: now() + 60 } })],
    ['without a moment', () => ({ proofClaims: { iat: undefined } })],
    ['for another token', () => ({ proofClaims: { ath: 'A'.repeat(43) } })],
    ['without a token hash', () => ({ proofClaims: { ath: undefined } })],
    ['without an identifier', () => ({ proofClaims: { jti: undefined } })],
    ['of another type', () => ({ proofHeader: { typ: 'JWT' } })],
    ['without a key', () => ({ proofHeader: { jwk: undefined } as unknown as MintOptions['proofHeader'] })],
    ['signed by another key', async () => ({ proofKey: (await generateKeyPair('ES256')).privateKey })],
    ['with another key', async () => anotherKey()],
  ] as [string, () => Promise<MintOptions> | MintOptions][])('%s', async (_, options) => {
    const response = await call('/things', await options());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP /);
  });
});

async function anotherKey(): Promise<MintOptions> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk: JWK = await exportJWK(publicKey);
  return { proofKey: privateKey, proofHeader: { jwk } };
}
