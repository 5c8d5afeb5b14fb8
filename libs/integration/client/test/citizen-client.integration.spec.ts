import Fastify, { type FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CitizenClient, SamenhangFailure } from '../src/index.js';
import { readProof } from './stand-in-platform.js';

const asked: { url: string; proof: string; body: unknown }[] = [];
let server: FastifyInstance;
let auditUrl: string;
let audiences: string[];
let client: CitizenClient;

beforeAll(async () => {
  server = Fastify({ forceCloseConnections: true });
  server.post<{ Params: { ura: string }; Body: { cursor?: string } }>(
    '/tenants/:ura/access-log',
    async ({ url, headers, body, params }, reply) => {
      asked.push({ url, proof: String(headers['dpop']), body });
      if (params.ura !== '22222222')
        return reply.code(403).send({ detail: 'A log is for the patient whom it is about' });
      const cursor = body.cursor === undefined ? { cursor: '41' } : {};
      return { custodian: params.ura, intact: true, entries: [{ what: body.cursor ?? 'newest' }], ...cursor };
    },
  );
  auditUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  audiences = [];
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const publicJwk = await exportJWK(publicKey);
  client = new CitizenClient({
    auditUrl: `${auditUrl}/`,
    tokens: {
      getToken: async (audience) => {
        audiences.push(audience);
        return {
          accessToken: 'of-the-citizen',
          expiresAt: new Date(Date.now() + 60_000),
          proofKey: { privateKey, publicJwk },
        };
      },
    },
  });
});
afterAll(() => server.close());

describe('the own access log of a citizen', () => {
  it('is read to its end, with a token for that log and without naming anybody', async () => {
    const pages = [];
    for await (const page of client.accessLog('22222222', { from: '2026-01-01', until: '2026-11-22' }))
      pages.push(page);
    expect(pages.map(({ entries }) => entries)).toEqual([[{ what: 'newest' }], [{ what: '41' }]]);
    expect(new Set(audiences)).toEqual(new Set([`${auditUrl}/tenants/22222222`]));
    expect(asked.map(({ body }) => body)).toEqual([
      { from: '2026-01-01', until: '2026-11-22' },
      { from: '2026-01-01', until: '2026-11-22', cursor: '41' },
    ]);
    expect(await readProof(asked[0]?.proof ?? '')).toMatchObject({
      htm: 'POST',
      htu: `${auditUrl}/tenants/22222222/access-log`,
    });
  });

  it('says why it is not given', async () => {
    const log = client.accessLog('11111111', { from: '2026-01-01', until: '2026-11-22' });
    const failure = await log.next().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SamenhangFailure);
    expect(failure).toMatchObject({
      kind: 'forbidden',
      message: 'A log is for the patient whom it is about',
    });
  });
});
