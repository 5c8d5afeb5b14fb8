import Fastify, { type FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CitizenClient, SamenhangFailure } from '../src/index.js';
import { viewBundle } from './view-bundle.js';

const asked: { url: string; body: string }[] = [];
const wanted: { audience: string; scope: string | undefined }[] = [];
let server: FastifyInstance;
let queryUrl: string;
let client: CitizenClient;

beforeAll(async () => {
  server = Fastify({ forceCloseConnections: true });
  server.addContentTypeParser('application/fhir+json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  server.post<{ Params: { operation: string }; Body: string }>(
    '/fhir/Patient/:operation',
    async ({ url, body, params }, reply) => {
      asked.push({ url, body });
      void reply.type('application/fhir+json');
      if (params.operation === '$everything') return viewBundle;
      return { resourceType: 'Bundle', type: 'document', entry: [] };
    },
  );
  queryUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const publicJwk = await exportJWK(publicKey);
  client = new CitizenClient({
    auditUrl: queryUrl,
    queryUrl: `${queryUrl}/`,
    tokens: {
      getToken: async (audience, scope) => {
        wanted.push({ audience, scope });
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

describe('what all care providers hold of a citizen', () => {
  it('is a view, a Bundle to take along, and a summary; nobody is named', async () => {
    const view = await client.view();
    expect(view.sources.length).toBeGreaterThan(0);
    expect(await client.export()).toEqual(view.bundle);
    expect((await client.summary()).type).toBe('document');
    expect(asked.map(({ url }) => url)).toEqual([
      '/fhir/Patient/$everything',
      '/fhir/Patient/$everything',
      '/fhir/Patient/$summary',
    ]);
    for (const { body } of asked) expect(JSON.parse(body)).toEqual({ resourceType: 'Parameters' });
    expect(new Set(wanted.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ audience: queryUrl, scope: 'view:read' })]),
    );
  });

  it('says why it is not given', async () => {
    const elsewhere = new CitizenClient({
      auditUrl: queryUrl,
      queryUrl: `${queryUrl}/nowhere`,
      tokens: { getToken: () => Promise.reject(new SamenhangFailure('forbidden')) },
    });
    await expect(elsewhere.view()).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
