import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StandIn } from './stand-in.js';
import type { World } from './world.js';

export interface Listed {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

interface Told {
  readonly key: string;
  readonly version: number;
  readonly at: string;
  /** Absent: deleted. */
  readonly resource?: Listed;
}

/** Answers in the place of the page; true when it did. */
type Disturbance = (url: URL, response: ServerResponse) => boolean;

/** A directory of somebody else (IHE ITI-90 and ITI-91), which the address book can be told to follow. */
export class OtherDirectory {
  readonly #told: Told[] = [];
  readonly base: string;
  disturb: Disturbance = () => false;
  #standIn: StandIn | undefined;

  constructor(private readonly port: number) {
    this.base = `http://127.0.0.1:${port}/fhir`;
  }

  async open(world: World): Promise<void> {
    this.#standIn = await world.standIn(this.port, (request, response) => this.#answer(request, response));
  }

  get asked(): number {
    return this.#standIn?.asked ?? 0;
  }

  tell(...resources: readonly Listed[]): void {
    for (const resource of resources) this.#tell(`${resource.resourceType}/${resource.id}`, resource);
  }

  /** Says that it was deleted. */
  bury(key: string): void {
    this.#tell(key);
  }

  #tell(key: string, resource?: Listed): void {
    const version = 1 + this.#told.filter((each) => each.key === key).length;
    const at = new Date().toISOString();
    this.#told.push({ key, version, at, ...(resource === undefined ? {} : { resource }) });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.base);
    if (this.disturb(url, response)) return;
    const [, , type = '', history] = url.pathname.split('/');
    const since = url.searchParams.get('_since') ?? '';
    const count = Number(url.searchParams.get('_count'));
    const from = Number(url.searchParams.get('page') ?? 0);
    const all = this.#told.filter(({ key, at }) => key.startsWith(`${type}/`) && at >= since);
    const last = [...new Map(all.map((each) => [each.key, each])).values()];
    const entries = history === undefined ? last.filter(({ resource }) => resource) : all.toReversed();
    url.searchParams.set('page', String(from + count));
    const bundle = {
      resourceType: 'Bundle',
      type: history === undefined ? 'searchset' : 'history',
      meta: { lastUpdated: new Date().toISOString() },
      link: entries.length > from + count ? [{ relation: 'next', url: url.href }] : [],
      entry: entries.slice(from, from + count).map((each) => this.#toEntry(each)),
    };
    response.setHeader('content-type', 'application/fhir+json').end(JSON.stringify(bundle));
  }

  #toEntry({ key, version, at, resource }: Told): object {
    if (resource === undefined)
      return {
        request: { method: 'DELETE', url: `${key}/_history/${version}` },
        response: { status: '204', lastModified: at },
      };
    const meta = { versionId: String(version), lastUpdated: at };
    return {
      fullUrl: `${this.base}/${key}`,
      resource: { ...resource, meta },
      request: { method: 'PUT', url: key },
    };
  }
}
