import { generateKeyPair, exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenIdSignIn } from '../src/openid-sign-in.js';
import { personOf } from '../src/sign-in-ways.js';
import { startLyingProvider, type Lie } from './lying-provider.js';

let provider: Awaited<ReturnType<typeof startLyingProvider>>;
let signIn: OpenIdSignIn;

beforeAll(async () => {
  provider = await startLyingProvider('portal');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  signIn = new OpenIdSignIn({
    issuer: provider.issuer,
    clientId: 'portal',
    redirectUri: 'https://portal.example/api/return',
    credential: { key: { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'portal' } },
  });
});
afterAll(() => provider.close());

async function nameAfter(lie: Lie, change: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const way = signIn.leadingTo(({ name }) => name);
  const { address, errand } = await way.begin();
  const asked = new URL(address).searchParams;
  provider.lie = lie;
  provider.nonce = asked.get('nonce') ?? '';
  return way.finish(
    errand,
    new URLSearchParams({ code: 'given', state: asked.get('state') ?? '', ...change }),
  );
}

describe('an ID token', () => {
  it('is asked for with PKCE, state and nonce, and believed when all is right', async () => {
    const { address } = await signIn.leadingTo(() => undefined).begin();
    const asked = new URL(address);
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid profile',
      code_challenge_method: 'S256',
      redirect_uri: 'https://portal.example/api/return',
    });
    expect(await nameAfter({})).toBe('Vos');
  });

  it.each<[string, Lie]>([
    ['of another key', { hasOtherKey: true }],
    ['for another client', { claims: { aud: 'another' } }],
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['of another sign-in', { claims: { nonce: 'another' } }],
    ['that is over', { claims: { exp: Math.floor(Date.now() / 1_000) - 3_600 } }],
    ['that is not there', { hasNoIdToken: true }],
  ])('%s is not believed', async (_what, lie) => {
    await expect(nameAfter(lie)).rejects.toThrow('is not accepted');
  });

  it('is not fetched for a state that is not ours, or after a refusal', async () => {
    await expect(nameAfter({}, { state: 'another' })).rejects.toThrow('is not accepted');
    await expect(nameAfter({}, { error: 'access_denied' })).rejects.toThrow('did not sign them in');
  });

  it('cannot be had from a provider that is away', async () => {
    const away = new OpenIdSignIn({
      issuer: 'http://127.0.0.1:9',
      clientId: 'portal',
      redirectUri: 'https://portal.example/api/return',
      credential: { secret: 'secret' },
    });
    await expect(away.leadingTo(() => undefined).begin()).rejects.toThrow('cannot be reached');
  });
});

describe('roles', () => {
  const grants = [{ role: 'a', rights: 1 }];
  const rightsOf = (claims: object, roleClaim: string): readonly number[] =>
    personOf(
      { iss: '', sub: 'vos', aud: '', iat: 0, exp: 0, ...claims },
      roleClaim,
      grants,
      (_name, rights) => rights,
    );

  it('are found where the provider puts them', () => {
    expect(rightsOf({ roles: ['b', 'a'] }, 'roles')).toEqual([1]);
    expect(rightsOf({ role: 'a' }, 'role')).toEqual([1]);
    expect(rightsOf({ realm_access: { roles: ['a'] } }, 'realm_access.roles')).toEqual([1]);
  });

  it.each([{}, { roles: 'ab' }, { roles: ['A'] }, { roles: { a: true } }, { roles: null }])(
    'give nothing when they are %j',
    (claims) => {
      expect(() => rightsOf(claims, 'roles')).toThrow('No role');
      expect(() => rightsOf(claims, '__proto__.roles')).toThrow('No role');
    },
  );
});
