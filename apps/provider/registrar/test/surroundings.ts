import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import {
  blind,
  decodeBase64,
  decodeElement,
  decodePseudonymToken,
  decodeScalar,
  derivePersonInput,
  encodeBase64Url,
  referenceIndexRecipient,
  unblind,
} from '@samenhang/oprf';

export interface ReceivedChange {
  readonly persons: number;
  /** `+Condition` for a registration, `-Condition` for a withdrawal. */
  readonly changes: readonly string[];
}

/**
 * Pseudonymisation service and reference index in one stand-in. The index keeps a set, so that a
 * test sees what is registered in the end, and how often each change was asked for.
 */
export class Surroundings {
  readonly registered = new Set<string>();
  /** The same by person: `22222222 Condition` and the person's pseudonym, which `nameOf` tells. */
  readonly persons = new Set<string>();
  /** Every state that `persons` went through. */
  readonly history: string[][] = [];
  /** Id of each registration, by its name; what only the index knows of has an id of its own. */
  readonly ids = new Map<string, string>();
  outdated = 0;
  readonly received: ReceivedChange[] = [];
  /** Status with which pseudonymisation or index answer instead of working. */
  evaluationStatus: number | undefined;
  indexStatus: number | undefined;
  /** With a status: how long to wait, in seconds. */
  retryAfter: string | undefined;
  /** What the index answers instead of JSON. */
  garbage: string | undefined;
  indexDelayMs = 0;
  evaluations = 0;
  concurrent = 0;
  highestConcurrency = 0;

  /** How many persons were in each transaction that came with tokens of their own. */
  readonly transactions: number[] = [];
  /** Does what a transaction asks, and breaks the connection. */
  losesAnswers = false;
  readonly #usedTokens = new Set<string>();

  readonly #server = createServer((request, response) => void this.#answer(request, response));

  url = '';

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.url;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const reply = (status: number, content: object): void => {
      const wait = this.retryAfter === undefined || status < 400 ? {} : { 'retry-after': this.retryAfter };
      response
        .writeHead(status, { 'content-type': 'application/json', ...wait })
        .end(JSON.stringify(content));
    };
    switch (request.url) {
      case '/oprf/eval-batch':
        this.evaluations += 1;
        return this.evaluationStatus === undefined
          ? reply(200, { jwe: evaluated(body) })
          : reply(this.evaluationStatus, {});
      case '/registrations/batch':
        if (this.garbage !== undefined) return void response.writeHead(200).end(this.garbage);
        return this.#change(request, body, reply);
      case '/fhir':
        return this.#transact(request, body, reply);
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
    const { changes, ...tokens } = JSON.parse(body) as BatchBody;
    const handles = personsOf(tokens);
    const ids = changes.map(({ category, action, person }) => {
      const name = `${custodian} ${category}`;
      const personal = `${name} ${handles[person] ?? ''}`;
      if (action === 'register') {
        this.persons.add(personal);
        return this.hold(name);
      }
      this.persons.delete(personal);
      this.registered.delete(name);
      return null;
    });
    this.history.push([...this.persons].sort());
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

  /** A transaction Bundle: deletions by id, or registrations with a token each, good for one request. */
  #transact(request: IncomingMessage, body: string, reply: (status: number, content: object) => void): void {
    const { entry } = JSON.parse(body) as { entry: readonly BundleEntry[] };
    const tokens = new Set(entry.flatMap(({ resource }) => resource?.subject.identifier.value ?? []));
    if (tokens.size > 0 && this.indexStatus !== undefined) return reply(this.indexStatus, {});
    if ([...tokens].some((token) => this.#usedTokens.has(token))) return reply(400, {});
    for (const token of tokens) this.#usedTokens.add(token);
    const response = entry.map((each) => this.#enter(custodianOf(request), each));
    if (tokens.size > 0) this.transactions.push(tokens.size);
    if (this.losesAnswers) return void request.socket.destroy();
    return reply(200, { resourceType: 'Bundle', entry: response });
  }

  #enter(custodian: string, { request, resource }: BundleEntry): object {
    const category = resource?.code.coding[0]?.code;
    if (resource === undefined || category === undefined) {
      const deleted = request.url.replace('List/', '');
      for (const [name, known] of this.ids) if (known === deleted) this.registered.delete(name);
      return { response: { status: '204' } };
    }
    const { evaluatedOutput, blindFactor } = decodePseudonymToken(resource.subject.identifier.value);
    const person = unblind(blindFactor, decodeElement(decodeBase64(evaluatedOutput)));
    this.persons.add(`${custodian} ${category} ${encodeBase64Url(person)}`);
    return { response: { location: `http://index/fhir/List/${this.hold(`${custodian} ${category}`)}` } };
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

interface BundleEntry {
  readonly request: { readonly url: string };
  readonly resource?: {
    readonly subject: { readonly identifier: { readonly value: string } };
    readonly code: { readonly coding: readonly { readonly code: string }[] };
  };
}

interface BatchBody {
  readonly pseudonyms: string;
  readonly oprf_keys: readonly string[];
  readonly changes: readonly { person: number; category: string; action: string }[];
}

/** The pseudonymisation with the key 1: what goes in comes out, and the index unblinds it as ever. */
function evaluated(body: string): string {
  const { encryptedPersonalIds } = JSON.parse(body) as { encryptedPersonalIds: readonly string[] };
  return encryptedPersonalIds.join('.');
}

function personsOf({ pseudonyms, oprf_keys }: Omit<BatchBody, 'changes'>): string[] {
  const points = pseudonyms.split('.');
  return oprf_keys.map((factor, person) => {
    const element = decodeElement(decodeBase64(points[person] ?? ''));
    return encodeBase64Url(unblind(decodeScalar(decodeBase64(factor)), element));
  });
}

/** As `persons` names a registration. */
export function nameOf(custodian: string, category: string, bsn: string): string {
  const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, referenceIndexRecipient);
  const { blindFactor, blindedElement } = blind(input);
  return `${custodian} ${category} ${encodeBase64Url(unblind(blindFactor, blindedElement))}`;
}

function digestOf(id: string): bigint {
  return createHash('sha256').update(id).digest().readBigUInt64BE();
}

/** On whose behalf the token was asked for. */
function custodianOf(request: IncomingMessage): string {
  return String(decodeJwt(request.headers.authorization?.split(' ')[1] ?? '')['organization_ura']);
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
