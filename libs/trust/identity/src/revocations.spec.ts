import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RevocationList, toRevocationEntry } from './revocations.js';

let server: Server;
let asked = 0;
let status = 200;
let body: unknown;
let now = 0;
let list: RevocationList;

beforeEach(async () => {
  [asked, status, body, now] = [0, 200, { revoked: [] }, 0];
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  list = new RevocationList(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => now);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('the list of revoked tokens', () => {
  it('is asked for once by many, and not again while it is fresh', async () => {
    await Promise.all([1, 2, 3].map(() => list.isAnyRevoked(['one'])));
    now = 4_000;
    await list.isAnyRevoked(['one']);
    expect(asked).toBe(1);
  });

  it('tells of a revocation within ten seconds', async () => {
    expect(await list.isAnyRevoked(['one', 'origin'])).toBe(false);
    body = { revoked: [toRevocationEntry('origin')] };
    now = 10_001;
    expect(await list.isAnyRevoked(['one', 'origin'])).toBe(true);
    expect(await list.isAnyRevoked(['one'])).toBe(false);
  });

  it.each([
    ['refused', () => (status = 500)],
    ['no JSON', () => (body = '{')],
    ['without a list', () => (body = {})],
    ['null', () => (body = null)],
    ['a list of something else', () => (body = { revoked: [1] })],
  ])('that is %s leaves the last one, for half a minute', async (_, break_) => {
    body = { revoked: [toRevocationEntry('one')] };
    expect(await list.isAnyRevoked(['one'])).toBe(true);
    break_();
    now = 29_000;
    expect(await list.isAnyRevoked(['one'])).toBe(true);
    now = 31_000;
    await expect(list.isAnyRevoked(['other'])).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('that was never had admits nobody', async () => {
    status = 503;
    await expect(list.isAnyRevoked(['one'])).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
