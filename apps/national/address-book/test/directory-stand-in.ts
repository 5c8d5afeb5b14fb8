import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Version {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

interface Said {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly resource: Version | undefined;
}

/** Another directory, whose pages can be refused, delayed or wrong. */
export class DirectoryStandIn {
  readonly #said: Said[] = [];
  readonly requests: { url: string; at: number }[] = [];
  /** What is done to a request before it is answered as ever; true when it was answered. */
  disturb: (url: URL, response: ServerResponse) => boolean = () => false;
  #base = '';
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/fhir`;
  }

  get base(): string {
    return this.#base;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  say(...resources: Version[]): void {
    for (const resource of resources) this.#say(resource.resourceType, resource.id, resource);
  }

  /** A tombstone. */
  delete(type: string, id: string): void {
    this.#say(type, id, undefined);
  }

  #say(type: string, id: string, resource: Version | undefined): void {
    const version = 1 + this.#said.filter((each) => each.type === type && each.id === id).length;
    this.#said.push({ type, id, version, at: new Date().toISOString(), resource });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.#base);
    this.requests.push({ url: url.pathname + url.search, at: Date.now() });
    if (this.disturb(url, response)) return;
    const [, , type = '', history] = url.pathname.split('/');
    const since = url.searchParams.get('_since') ?? '';
    const count = Number(url.searchParams.get('_count'));
    const from = Number(url.searchParams.get('page') ?? 0);
    const all = this.#said.filter((each) => each.type === type && each.at >= since);
    const told = history === undefined ? presentOf(all) : all.toReversed();
    url.searchParams.set('page', String(from + count));
    const isMore = told.length > from + count;
    response.setHeader('content-type', 'application/fhir+json').end(
      JSON.stringify({
        resourceType: 'Bundle',
        type: history === undefined ? 'searchset' : 'history',
        meta: { lastUpdated: new Date().toISOString() },
        link: isMore ? [{ relation: 'next', url: url.href }] : [],
        entry: told.slice(from, from + count).map((each) => this.#toEntry(each)),
      }),
    );
  }

  #toEntry({ type, id, version, at, resource }: Said): object {
    const url = `${type}/${id}`;
    if (resource === undefined)
      return {
        request: { method: 'DELETE', url: `${url}/_history/${version}` },
        response: { status: '204', lastModified: at },
      };
    const meta = { versionId: String(version), lastUpdated: at };
    return {
      fullUrl: `${this.#base}/${url}`,
      resource: { ...resource, meta },
      request: { method: 'PUT', url },
    };
  }
}

function presentOf(all: readonly Said[]): Said[] {
  const present = new Map(all.map((each) => [each.id, each]));
  return [...present.values()].filter(({ resource }) => resource !== undefined);
}
