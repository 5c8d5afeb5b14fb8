import Fastify, { type FastifyInstance } from 'fastify';
import { decodeProtectedHeader, jwtVerify, importJWK, type JWK } from 'jose';

export interface SeenCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** An authorisation server and a query API in one, over real HTTP; keeps what it was asked. */
export class StandInPlatform {
  readonly calls: SeenCall[] = [];
  answer: { status: number; body: unknown } = { status: 200, body: {} };
  /** How often it is too busy before it answers, and what it says then. */
  busy = { times: 0, retryAfter: '0' };

  private constructor(
    private readonly server: FastifyInstance,
    readonly url: string,
  ) {}

  static async start(): Promise<StandInPlatform> {
    const server = Fastify({ forceCloseConnections: true });
    const text = { parseAs: 'string' } as const;
    server.addContentTypeParser('application/x-www-form-urlencoded', text, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    server.addContentTypeParser('application/fhir+json', text, (_request, body, done) =>
      done(null, JSON.parse(String(body))),
    );
    const late: { platform?: StandInPlatform } = {};
    server.addHook(
      'preHandler',
      async ({ url, headers, body }) => void late.platform?.calls.push({ url, headers, body }),
    );
    server.post('/token', async () => ({ access_token: 'issued', token_type: 'DPoP', expires_in: 300 }));
    for (const operation of ['Patient/$everything', 'Patient/$summary', 'DocumentReference/$attachment'])
      server.post(`/fhir/${operation}`, async (_request, reply) => {
        const { platform } = late;
        if (platform !== undefined && platform.busy.times > 0) {
          platform.busy.times -= 1;
          return reply.code(503).header('retry-after', platform.busy.retryAfter).send({});
        }
        return reply
          .code(late.platform?.answer.status ?? 500)
          .type('application/fhir+json')
          .send(late.platform?.answer.body);
      });
    late.platform = new StandInPlatform(server, await server.listen({ host: '127.0.0.1', port: 0 }));
    return late.platform;
  }

  to(path: string): SeenCall[] {
    return this.calls.filter(({ url }) => url === path);
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}

/** Claims of a DPoP proof, after checking its signature with the key in its header. */
export async function readProof(proof: string): Promise<Record<string, unknown>> {
  const { jwk, typ } = decodeProtectedHeader(proof);
  const { payload } = await jwtVerify(proof, await importJWK(jwk as JWK, 'ES256'));
  return { ...payload, typ };
}
