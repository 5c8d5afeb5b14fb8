import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorisedRequest, ProofKey, type AuthorisedAnswer } from '../src/index.js';

const content = '{"value":5.40}'.repeat(5_000);
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/plain': (response) => response.end(content),
  '/zipped': (response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(content)),
  '/broken': (response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(content).subarray(0, 40)),
  '/elsewhere': (response) => response.writeHead(307, { location: '/plain' }).end(),
  '/refused': (response) => response.writeHead(403).end(content),
  '/silent': () => {},
};

const seen: IncomingMessage[] = [];
let server: Server;
let base: string;
let proofKey: ProofKey;

beforeAll(async () => {
  proofKey = await ProofKey.generate();
  server = createServer((request, response) => {
    seen.push(request);
    answers[request.url ?? '']?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function ask(path: string, signal = AbortSignal.timeout(60_000)): Promise<AuthorisedAnswer> {
  const token = { accessToken: 'opaque', expiresAt: new Date(Date.now() + 60_000), proofKey };
  return authorisedRequest(token, `${base}${path}`, { method: 'GET', signal });
}

it.each(['/plain', '/zipped'])('reads what is meant, however it was sent: %s', async (path) => {
  const { status, body } = await ask(path);
  expect(status).toBe(200);
  expect(await text(body)).toBe(content);
});

it('proves to be the one the token was given to, for this request', async () => {
  await (await ask('/refused')).discard();
  const { headers } = seen.at(-1) ?? {};
  expect(headers?.authorization).toBe('DPoP opaque');
  expect(decodeJwt(String(headers?.['dpop']))).toMatchObject({ htm: 'GET', htu: `${base}/refused` });
});

it('fails for who reads an answer that breaks off', async () => {
  const { body } = await ask('/broken');
  await expect(text(body)).rejects.toThrow();
});

it('goes nowhere else', async () => {
  const before = seen.length;
  await expect(ask('/elsewhere')).rejects.toThrow('elsewhere');
  expect(seen.slice(before).map(({ url }) => url)).toEqual(['/elsewhere']);
});

it('ends when nobody waits any more', async () => {
  const controller = new AbortController();
  const before = seen.length;
  const asked = ask('/silent', controller.signal);
  asked.catch(() => {});
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(before + 1);
  controller.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
});
