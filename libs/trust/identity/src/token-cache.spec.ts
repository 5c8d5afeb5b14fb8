import { describe, expect, it } from 'vitest';
import type { BoundToken } from './proof-key.js';
import { TokenCache } from './token-cache.js';

const token = (lifetimeMs: number): BoundToken =>
  ({ accessToken: crypto.randomUUID(), expiresAt: new Date(Date.now() + lifetimeMs) }) as BoundToken;

describe('token cache', () => {
  it('shares one request among simultaneous callers, and its token among later ones', async () => {
    const cache = new TokenCache();
    let requests = 0;
    const request = async (): Promise<BoundToken> => {
      requests += 1;
      return token(300_000);
    };
    const tokens = await Promise.all([1, 2, 3].map(() => cache.get('a', request)));
    tokens.push(await cache.get('a', request));
    expect(requests).toBe(1);
    expect(new Set(tokens.map((each) => each.accessToken)).size).toBe(1);
  });

  it('asks again shortly before expiry', async () => {
    const cache = new TokenCache();
    const first = await cache.get('a', async () => token(10_000));
    expect(await cache.get('a', async () => token(300_000))).not.toBe(first);
  });

  it('does not keep a failure', async () => {
    const cache = new TokenCache();
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(cache.get('a', async () => token(300_000))).resolves.toBeDefined();
  });

  it('keeps what was asked for differently apart', async () => {
    const cache = new TokenCache();
    const one = await cache.get('a', async () => token(300_000));
    expect(await cache.get('b', async () => token(300_000))).not.toBe(one);
  });
});
