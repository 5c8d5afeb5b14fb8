import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedChange {
  readonly persons: number;
  /** `+Condition` for a registration, `-Condition` for a withdrawal. */
  readonly changes: readonly string[];
}

/**
 * Authorisation server, pseudonymisation service and reference index in one stand-in. The index keeps a set, so that a
 * test sees what is registered in the end, and how often each change was asked for.
 */
export class Surroundings {
  readonly registered = new Set<string>();
  /** Id of each registration, by its name; what only the index knows of has an id of its own. */
  readonly ids = new Map<string, string>();
  outdated = 0;
  readonly received: ReceivedChange[] = [];
  /** Status with which pseudonymisation or index answer instead of working. */
  evaluationStatus: number | undefined;
  indexStatus: number | undefined;
  indexDelayMs = 0;
  evaluations = 0;
  concurrent = 0;
  highestConcurrency = 0;

  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const reply = (status: number, content: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    switch (request.url) {
      case '/token':
        return reply(200, { access_token: tokenFor(body), token_type: 'DPoP', expires_in: 300 });
      case '/oprf/eval-batch':
        this.evaluations += 1;
        return this.evaluationStatus === undefined
          ? reply(200, { jwe: 'a.b.c.d.e' })
          : reply(this.evaluationStatus, {});
      case '/registrations/batch':
        return this.#change(request, body, reply);
      case '/fhir':
        return this.#withdraw(body, reply);
      default:
        return this.#list(request, reply);
    }
  }

  async #change(
    request: IncomingMessage,
    body: string,
    reply: (status: number, content: object) => void,
  ): Promise<void> {
    this.concurrent += 1;
    this.highestConcurrency = Math.max(this.highestConcurrency, this.concurrent);
    await new Promise((resolve) => setTimeout(resolve, this.indexDelayMs));
    this.concurrent -= 1;
    if (this.indexStatus !== undefined) return reply(this.indexStatus, {});
    const custodian = custodianOf(request);
    const { changes } = JSON.parse(body) as {
      changes: { person: number; category: string; action: string }[];
    };
    const ids = changes.map(({ category, action }) => {
      const name = `${custodian} ${category}`;
      if (action === 'register') return this.hold(name);
      this.registered.delete(name);
      return null;
    });
    this.outdated = 0;
    const signs = changes.map(({ category, action }) => `${action === 'register' ? '+' : '-'}${category}`);
    const persons = new Set(changes.map(({ person }) => person)).size;
    this.received.push({ persons, changes: signs });
    return reply(200, { registered: changes.length, withdrawn: 0, unchanged: 0, ids });
  }

  /** Registers as by a request, or behind the registrar's back. @returns the id */
  hold(name: string): string {
    this.registered.add(name);
    const id = this.ids.get(name) ?? randomUUID();
    this.ids.set(name, id);
    return id;
  }

  #withdraw(body: string, reply: (status: number, content: object) => void): void {
    const { entry } = JSON.parse(body) as { entry: { request: { url: string } }[] };
    for (const { request } of entry) {
      const id = request.url.replace('List/', '');
      for (const [name, known] of this.ids) if (known === id) this.registered.delete(name);
    }
    reply(200, { resourceType: 'Bundle' });
  }

  /** `GET /registrations` and its digest. */
  #list(request: IncomingMessage, reply: (status: number, content: object) => void): void {
    const url = new URL(request.url ?? '', 'http://index');
    const own = [...this.registered].flatMap((name) => {
      const [custodian, category = ''] = name.split(' ');
      const id = this.ids.get(name) ?? '';
      return custodian === custodianOf(request) ? [{ id, category, bucket: id.slice(0, 2) }] : [];
    });
    if (url.pathname === '/registrations') {
      const found = own.filter(
        ({ category, bucket }) =>
          category === url.searchParams.get('category') && bucket === url.searchParams.get('bucket'),
      );
      return reply(200, { registrations: found, total: found.length });
    }
    const groups = Map.groupBy(own, ({ category, bucket }) => `${category} ${bucket}`);
    const buckets = [...groups].map(([name, members]) => ({
      category: name.split(' ')[0],
      bucket: name.split(' ')[1],
      count: members.length,
      digest: members
        .reduce((sum, { id }) => sum ^ digestOf(id), 0n)
        .toString(16)
        .padStart(16, '0'),
    }));
    return reply(url.pathname === '/registrations/digest' ? 200 : 404, { outdated: this.outdated, buckets });
  }
}

function digestOf(id: string): bigint {
  return createHash('sha256').update(id).digest().readBigUInt64BE();
}

function custodianOf(request: IncomingMessage): string {
  return Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64url').toString();
}

/** The token says on whose behalf it was asked. */
function tokenFor(body: string): string {
  return Buffer.from(new URLSearchParams(body).get('organization_id') ?? '').toString('base64url');
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
