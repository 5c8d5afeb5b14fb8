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
      default:
        return reply(404, {});
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
    const custodian = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64url').toString();
    const { changes } = JSON.parse(body) as {
      changes: { person: number; category: string; action: string }[];
    };
    for (const { category, action } of changes) {
      const name = `${custodian} ${category}`;
      if (action === 'register') this.registered.add(name);
      else this.registered.delete(name);
    }
    const signs = changes.map(({ category, action }) => `${action === 'register' ? '+' : '-'}${category}`);
    const persons = new Set(changes.map(({ person }) => person)).size;
    this.received.push({ persons, changes: signs });
    return reply(200, { registered: changes.length, withdrawn: 0, unchanged: 0 });
  }
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
