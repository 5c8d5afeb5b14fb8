import { AccessTokens, AccessTokenVerifier, type BoundToken } from '@samenhang/identity';
import { decodeProtectedHeader, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agesOf } from '../src/keys/key-ages.js';
import { audience, RunningServer } from './running-server.js';

const LEAD_SECONDS = 6;
const PATIENCE = { timeout: 60_000, interval: 200 };

let server: RunningServer;

beforeAll(async () => {
  server = await RunningServer.start({ SIGNING_KEY_LEAD_SECONDS: String(LEAD_SECONDS) });
});

afterAll(() => server?.stop());

async function publishedKeys(): Promise<string[]> {
  const response = await fetch(`${server.issuer}/jwks`);
  expect(response.headers.get('cache-control')).toContain('max-age');
  const { keys } = (await response.json()) as { keys: JWK[] };
  for (const key of keys) expect(key).not.toHaveProperty('d');
  return keys.map(({ kid = '' }) => kid);
}

const kidOf = ({ accessToken }: Pick<BoundToken, 'accessToken'>): string =>
  decodeProtectedHeader(accessToken).kid ?? '';

/** New tokens, none of them kept, and a service that verifies each. */
class Traffic {
  readonly #verifier = new AccessTokenVerifier({ issuer: server.issuer });
  readonly tokens: BoundToken[] = [];
  readonly failures: unknown[] = [];

  async once(): Promise<BoundToken> {
    const client = new AccessTokens({
      issuer: server.issuer,
      clientId: 'viewer',
      clientKey: server.keyOf('viewer'),
    });
    const token = await client.clientCredentials({ audience, scope: 'view:read' });
    this.tokens.push(token);
    await this.verify(token);
    return token;
  }

  async verify({ accessToken, proofKey }: BoundToken): Promise<void> {
    await this.#verifier.verify({
      authorization: `DPoP ${accessToken}`,
      proof: await proofKey.prove('GET', audience, accessToken),
      method: 'GET',
      url: audience,
      audience,
    });
  }

  async until(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.once().catch((error: unknown) => this.failures.push(error));
  }
}

describe('a change of the signing key', () => {
  it('refuses no request: published before it signs, the old one there for the tokens it signed', async () => {
    const traffic = new Traffic();
    const old = kidOf(await traffic.once());
    let isOver = false;
    const running = [1, 2, 3].map(() => traffic.until(() => isOver));

    const added = await server.administer('POST', 'administration/signing-keys');
    expect(added.status).toBe(201);
    const { kid, state } = added.body as { kid: string; state: string };
    expect(state).toBe('next');
    expect(await publishedKeys()).toEqual([kid, old]);
    expect((await server.administer('POST', 'administration/signing-keys')).status).toBe(409);

    await expect.poll(() => traffic.tokens.some((token) => kidOf(token) === kid), PATIENCE).toBe(true);
    const already = traffic.tokens.length;
    await expect.poll(() => traffic.tokens.length - already, PATIENCE).toBeGreaterThan(20);
    isOver = true;
    await Promise.all(running);
    expect(traffic.failures).toEqual([]);
    expect(kidOf(await traffic.once())).toBe(kid);
    for (const token of traffic.tokens.filter((each) => kidOf(each) === old).slice(0, 5))
      await traffic.verify(token);

    const listed = await server.administer('GET', 'administration/signing-keys');
    expect(listed.body).toMatchObject({
      keys: [
        { kid, state: 'current' },
        { kid: old, state: 'previous' },
      ],
    });
    expect(JSON.stringify(listed.body)).not.toContain('"d"');
  }, 120_000);

  it('lasts over a restart, and no private key lies in the database unsealed', async () => {
    const before = await publishedKeys();
    await server.restart();
    expect(await publishedKeys()).toEqual(before);
    const rows = await server.query<{ sealed: string }>('SELECT sealed_key::text AS sealed FROM signing_key');
    expect(rows).toHaveLength(2);
    for (const { sealed } of rows) expect(Object.keys(JSON.parse(sealed) as object)).not.toContain('d');
  });

  it('is seen by other instances', async () => {
    const other = await server.startAnother();
    try {
      const fromOther = async (): Promise<number> =>
        ((await (await fetch(`${other.url}/jwks`)).json()) as { keys: JWK[] }).keys.length;
      expect((await server.administer('POST', 'administration/signing-keys')).status).toBe(201);
      await expect.poll(fromOther, PATIENCE).toBe(3);
    } finally {
      await other.close();
    }
  }, 90_000);

  it('drops all keys at once when the secret that seals them is replaced', async () => {
    const before = await publishedKeys();
    const traffic = new Traffic();
    await traffic.once();
    await server.replaceSecret();
    const after = await publishedKeys();
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    const viewer = await server.clientOf('viewer');
    const { accessToken } = traffic.tokens[0] ?? { accessToken: '' };
    expect((await viewer.post('introspect', { token: accessToken })).body).toEqual({ active: false });
    expect(kidOf(await new Traffic().once())).toBe(after[0]);
  });

  it("is the operator's", async () => {
    expect((await fetch(`${server.issuer}/administration/signing-keys`, { method: 'POST' })).status).toBe(
      401,
    );
    const viewer = await server.clientOf('viewer');
    const { body } = await viewer.request({ resource: server.issuer, scope: 'keys:admin' });
    expect(body.error).toBe('invalid_scope');
  });
});

describe('the ages of keys', () => {
  it.each([
    ['one key', [-1], ['current']],
    ['a key to come', [60, -1], ['next', 'current']],
    ['a key that was relieved a moment ago', [-1, -900], ['current', 'previous']],
    ['a key that was relieved long ago', [-301, -900], ['current', 'over']],
    ['all of them', [60, -10, -400, -900], ['next', 'current', 'previous', 'over']],
    ['the very moment', [0, -10], ['current', 'previous']],
  ])('%s', (_, signsIn, ages) => expect(agesOf(signsIn, 300)).toEqual(ages));
});
