import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portOffsets, type ServiceName } from '@samenhang/service-kit';
import Fastify, { type FastifyInstance } from 'fastify';
import { addResearchRoutes } from './stand-in-research.js';
import { addTransferRoutes } from './stand-in-transfers.js';

const professional = {
  deziNumber: '000095254',
  surname: 'Vos',
  subscriberNumber: '11111111',
  roleCode: '01.015',
};
const entry = {
  id: 'entry-1',
  sourceId: 'ehr',
  stage: 'normalise',
  reasonCode: 'bsn-invalid',
  location: 'PID-3',
  text: 'The BSN fails the eleven-test',
  receivedAt: '2026-01-01T00:00:00Z',
  replayedAt: null,
};

const changedMessage = {
  summary: { changed: 1, rejected: 0 },
  messages: [
    {
      messageId: 'message-1',
      controlId: 'C1',
      outcome: 'applied',
      issues: [],
      resources: [
        { resourceType: 'Patient', id: 'p', action: 'unchanged', elements: [] },
        { resourceType: 'Encounter', id: 'e', action: 'changed', elements: ['period.start'] },
      ],
    },
  ],
};
const rejectedMessage = {
  summary: { changed: 0, rejected: 1 },
  messages: [
    {
      messageId: 'message-2',
      controlId: null,
      outcome: 'rejected',
      issues: [{ severity: 'error', code: 'bsn-invalid', location: 'PID-3' }],
      resources: [],
    },
  ],
};

const explanation = {
  message: {
    messageId: 'message-1',
    source: 'ehr',
    position: 7,
    controlId: 'C1',
    receivedAt: '2026-01-01T00:00:00Z',
  },
  madeBy: '1',
  mappingVersion: '2',
  from: 'source',
  places: [{ path: 'OBX-6', bytes: { start: 40, end: 46 }, effect: 'value' }],
  settings: [],
  rule: { format: 'hl7v2', tables: [{ table: 'units', entry: 'mmol/l' }] },
  complete: true,
};

const failing = {
  reason: 'The reference index does not allow this',
  count: 3,
  since: '2026-01-01T00:00:00Z',
};
const registrations = {
  registered: 41,
  heldBack: 2,
  pending: { registrations: 3, withdrawals: 1, oldestSince: '2026-01-01T00:00:00Z' },
  reconciliation: {
    finishedAt: '2026-01-02T03:00:00Z',
    registeredAgain: 5,
    withdrawn: 4,
    driftAt: '2026-01-02T03:00:00Z',
  },
};

/** The services that the command line talks to, at the ports of an installation, with its secrets. */
export class StandInInstallation {
  readonly #servers: FastifyInstance[] = [];
  readonly tokenRequests: Record<string, string>[] = [];
  /** What was declared at ingest, and the last credential that was given. */
  readonly declared: { id: string; body: unknown }[] = [];
  secret = '';
  readonly replayRequests: unknown[] = [];
  readonly transferRequests: unknown[] = [];
  readonly researchRequests: unknown[] = [];
  readonly directRequests: unknown[] = [];
  /** Whether messages are rejected under the set of tables that is tried, and only then. */
  rejectingTables = false;
  answer: { status: number; body: object } = { status: 200, body: {} };

  private constructor(
    readonly portBase: number,
    readonly dataDirectory: string,
  ) {}

  /** At ports that are free: below those that the system gives to whoever connects, and others when one is taken. */
  static async start(attempts = 20): Promise<StandInInstallation> {
    const portBase = 20_000 + Math.floor(Math.random() * 12_000);
    const installation = new StandInInstallation(portBase, await mkdtemp(join(tmpdir(), 'samenhang cli ')));
    await installation.#writeSecrets();
    try {
      await installation.#startServices();
      return installation;
    } catch (error) {
      await installation.close();
      if (attempts === 1 || (error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
      return StandInInstallation.start(attempts - 1);
    }
  }

  get options(): string[] {
    return ['--port-base', String(this.portBase), '--data-dir', this.dataDirectory];
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await rm(this.dataDirectory, { recursive: true });
  }

  async #writeSecrets(): Promise<void> {
    const secrets = join(this.dataDirectory, 'secrets');
    await mkdir(secrets);
    const key = {
      ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
      kid: 'k',
      alg: 'ES256',
    };
    const clients = [{ client_id: 'demo', facilityTypes: { '11111111': 'Z3', '22222222': 'V4' } }];
    await writeFile(join(secrets, 'client-demo.json'), JSON.stringify(key));
    await writeFile(join(secrets, 'authorisation-server.json'), JSON.stringify({ clients }));
  }

  async #startServices(): Promise<void> {
    await this.#serve('dezi', (server) => {
      server.get('/professionals', async () => [professional]);
      server.post('/professionals/:id/statement', async () => ({ verklaring: 'statement' }));
    });
    await this.#serve('authorisation-server', (server) => {
      server.post<{ Body: Record<string, string> }>('/token', async ({ body }) => {
        this.tokenRequests.push(body);
        return { access_token: `token-${body['organization_id']}`, token_type: 'DPoP', expires_in: 300 };
      });
    });
    await this.#serve('query-api', (server) => {
      server.post('/fhir/Patient/$everything', async (_request, reply) =>
        reply.code(this.answer.status).type('application/fhir+json').send(this.answer.body),
      );
    });
    await this.#serve('registrar', (server) => {
      server.get('/registrations/status', async ({ headers }) => ({
        ...registrations,
        organisation: headers.authorization?.slice(-8),
        failing: headers.authorization === 'DPoP token-22222222' ? [failing] : [],
      }));
    });
    await this.#serve('record', (server) => {
      const path = '/tenants/22222222/direct-patients';
      server.put(path, async ({ body }, reply) => {
        this.directRequests.push(['PUT', body]);
        const isKnown = (body as { bsn: string }).bsn === '900186021';
        return isKnown
          ? { categories: ['AllergyIntolerance', 'Condition'] }
          : reply.code(404).send({ detail: 'The server does not know this patient' });
      });
      server.delete(path, async ({ body }, reply) => {
        this.directRequests.push(['DELETE', body]);
        return reply.code(204).send();
      });
    });
    await this.#serve('transfer', (server) => addTransferRoutes(server, this.transferRequests));
    await this.#serve('secondary-use-api', (server) => addResearchRoutes(server, this.researchRequests));
    await this.#serve('audit', (server) => {
      server.get('/chain/verification', async ({ headers }) => {
        const stream = headers.authorization?.slice(-8);
        return headers.authorization === 'DPoP token-22222222'
          ? { stream, events: 9, valid: false, firstInvalidSequence: 4 }
          : { stream, events: 7, valid: true, lastHash: 'ab'.repeat(32) };
      });
    });
    await this.#serve('normalise', (server) => {
      const set = {
        version: 4,
        digest: 'ab'.repeat(32),
        files: ['units'],
        tests: 1,
        createdBy: 'demo',
        note: '',
      };
      const kept = { ...set, copyOf: null, createdAt: '2026-01-01T00:00:00Z', activatedAt: null };
      const used = { ...kept, activatedAt: '2026-01-02T00:00:00Z' };
      server.get('/table-sets', async () => ({ rules: '1', active: 3, sets: [kept] }));
      server.post('/table-sets', async ({ body }) => {
        this.replayRequests.push(body);
        return kept;
      });
      server.post('/table-sets/4/activate', async () => {
        this.replayRequests.push('activated');
        return used;
      });
      server.get<{ Querystring: { version?: string } }>('/term-supplement', async ({ query }) => ({
        version: Number(query.version ?? 7),
        latest: 7,
        translations: [
          {
            binding: 'ProbleemNaam',
            system: 'http://hl7.org/fhir/sid/icd-9-cm',
            code: '401.9',
            target: { system: 'http://snomed.info/sct', code: '59621000', display: 'Essential hypertension' },
            version: 2,
            answeredAt: '2026-01-02T00:00:00Z',
          },
        ],
      }));
      server.post('/table-sets/2/rollback', async () => ({ ...used, version: 5, copyOf: 2 }));
    });
    await this.#serve('ingest', (server) => {
      this.#addSources(server);
      server.get('/quarantine', async ({ headers }) => ({
        entries: headers.authorization === 'DPoP token-22222222' ? [entry] : [],
      }));
      server.post('/quarantine/:id/replay', async ({ headers }, reply) =>
        headers.authorization === 'DPoP token-22222222'
          ? reply.code(202).send({ messageId: 'message-2' })
          : reply.code(404).send({ detail: 'Not found' }),
      );
      server.get<{ Querystring: { unused?: string; offset?: string } }>(
        '/tenants/22222222/sources/ehr/coverage',
        async ({ query }) => ({
          source: 'ehr',
          mapped: [{ mappingVersion: '1', messages: 9, firstDay: '2026-01-01', lastDay: '2026-01-02' }],
          entries: [
            {
              kind: 'segment',
              messageType: 'ADT^A01',
              path: query.offset === undefined ? 'ZBE' : 'PV2',
              code: null,
              used: 0,
              unused: query.unused === 'true' ? 9 : 8,
              examples: ['message-1'],
            },
          ],
          ...(query.offset === undefined
            ? { next: '/tenants/22222222/sources/ehr/coverage?unused=true&offset=1' }
            : {}),
        }),
      );
      server.get('/tenants/22222222/sources/ehr/quality', async () => ({
        source: 'ehr',
        messages: { mapped: 4, quarantined: 1 },
        retransmissions: { messages: 3, files: 0 },
        concepts: [
          {
            resourceType: 'Patient',
            concept: 'Patient.Geslacht',
            present: 3,
            absent: 1,
            completeness: 0.75,
            examples: ['message-1'],
          },
        ],
        conformance: [
          { resourceType: 'Condition', inProfile: 2, onBase: { 'unmapped-code': 2 }, share: 0.5 },
        ],
        unmappedCodes: [],
        delays: { minute: 4 },
        repetitions: 0,
      }));
      server.post<{ Body: { path: string } }>('/explanations', async ({ headers, body }, reply) => {
        if (headers.authorization === 'DPoP token-22222222') return { ...explanation, path: body.path };
        return reply.code(404).send({ detail: 'There is no such resource' });
      });
      server.post<{ Body: { after: number; tables?: number } }>('/replays/dry-run', async ({ body }) => {
        this.replayRequests.push(body);
        if (this.rejectingTables && body.tables === undefined)
          return { selected: 1, next: 1, ...changedMessage };
        const page = body.after === 0 ? changedMessage : rejectedMessage;
        return { selected: 2, next: body.after + 1, ...page };
      });
      server.post('/replays', async ({ body }, reply) => {
        this.replayRequests.push(body);
        return reply.code(202).send({ id: 'run-1', state: 'running', replayed: 0, unreadable: 0 });
      });
      server.get('/replays/run-1', async () => ({ id: 'run-1', state: 'done', replayed: 7, unreadable: 1 }));
    });
  }

  #addSources(server: FastifyInstance): void {
    const view = { tenant: '22222222', id: 'zis', kind: 'mllp', state: 'receiving', displayName: 'ZIS' };
    const isOwner = (tenant: string): boolean => tenant === view.tenant;
    server.get<{ Params: { ura: string } }>('/tenants/:ura/sources', async ({ params }) => ({
      sources: isOwner(params.ura) ? [view] : [],
    }));
    const path = '/tenants/:ura/sources/:id';
    type Named = { Params: { ura: string; id: string }; Body: { mllp?: { port: number } } };
    server.get<Named>(path, async ({ params }, reply) =>
      isOwner(params.ura) && ['zis', 'ehr'].includes(params.id)
        ? { ...view, id: params.id }
        : reply.code(404).send({ detail: 'Not found' }),
    );
    server.put<Named>(path, async ({ params, body }) => {
      this.declared.push({ id: params.id, body });
      return view;
    });
    server.post<Named>(`${path}/validate`, async ({ body }, reply) =>
      body.mllp?.port === 2575
        ? reply.code(204).send()
        : reply.code(422).send({
            detail: 'The source declaration is not valid',
            errors: [{ detail: 'sources may listen on ports 2575-2575 here', pointer: 'mllp' }],
          }),
    );
    server.post(`${path}/test`, async () => ({
      ok: false,
      steps: [{ step: 'listen', ok: false, detail: 'Port 2575 is taken' }],
    }));
    server.post(`${path}/pause`, async () => ({ ...view, state: 'paused' }));
    server.put<{ Body: string }>(`${path}/secrets/:name`, async ({ body }, reply) => {
      this.secret = body;
      return reply.code(204).send();
    });
  }

  async #serve(service: ServiceName, addRoutes: (server: FastifyInstance) => void): Promise<void> {
    const server = Fastify({ forceCloseConnections: true });
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    server.addContentTypeParser('application/fhir+json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, JSON.parse(String(body))),
    );
    server.get('/status', async () => ({
      service,
      counts: { views: 3 },
      lag: [{ type: 'record.normalised', waiting: 2, parked: 1 }],
    }));
    addRoutes(server);
    await server.listen({ host: '127.0.0.1', port: this.portBase + portOffsets[service] });
    this.#servers.push(server);
  }
}
