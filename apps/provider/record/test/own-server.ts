import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SourceResource = Readonly<Record<string, unknown>> & {
  readonly resourceType: string;
  readonly id: string;
};

/** What a server does instead of answering; undefined: it answers. */
export type Fault = (path: string, response: ServerResponse) => true | undefined;

/** Elements of a resource by which a search names its patient. */
const subjects = ['subject', 'patient', 'beneficiary'] as const;

/**
 * Stands in for the FHIR server of a care provider, whatever its version: Patient by identifier in a POST, searches by patient
 * with `code` and `category`, in pages of its own size.
 */
export class OwnServer {
  /** Method and address of each request. */
  readonly requests: string[] = [];
  readonly authorisations = new Set<string | undefined>();
  resources: readonly SourceResource[] = [];
  fault: Fault = () => undefined;
  offersLastn = true;
  pageSize = 2;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<OwnServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OwnServer(server);
  }

  get base(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/fhir`;
  }

  get paths(): string[] {
    return this.requests.map((request) => decodeURIComponent(request.split('/fhir/')[1] ?? ''));
  }

  /** Answers everything again, and has heard nothing. */
  reset(): void {
    this.requests.length = 0;
    this.fault = () => undefined;
    this.offersLastn = true;
    this.pageSize = 2;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.requests.push(`${method} ${url}`);
    this.authorisations.add(headers.authorization);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [path = '', query = ''] = url.replace('/fhir/', '').split('?');
    if (this.fault(path, response) !== undefined) return;
    response.setHeader('content-type', 'application/fhir+json');
    if (path.endsWith('$lastn') && !this.offersLastn) return void response.writeHead(404).end('{}');
    const found =
      path === 'Patient/_search'
        ? this.#patients(new URLSearchParams(body).get('identifier') ?? '')
        : this.#facts(path.split('/')[0] ?? '', new URLSearchParams(query));
    const from = Number(new URLSearchParams(query).get('from') ?? 0);
    const next = new URLSearchParams([...new URLSearchParams(query)].filter(([name]) => name !== 'from'));
    next.set('from', String(from + this.pageSize));
    const link =
      from + this.pageSize < found.length
        ? [{ relation: 'next', url: `${this.base}/${path}?${next.toString()}` }]
        : [];
    const entry = found
      .slice(from, from + this.pageSize)
      .map((resource) => ({ fullUrl: `${this.base}/${resource.resourceType}/${resource.id}`, resource }));
    response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link, entry }));
  }

  #patients(token: string): SourceResource[] {
    const [system, value] = token.split('|');
    return this.resources.filter(
      ({ resourceType, identifier }) =>
        resourceType === 'Patient' &&
        (identifier as { system: string; value: string }[]).some(
          (one) => one.system === system && one.value === value,
        ),
    );
  }

  #facts(type: string, query: URLSearchParams): SourceResource[] {
    const patient = query.get('patient') ?? query.get('beneficiary');
    const found = this.resources.filter(
      (resource) =>
        resource.resourceType === type &&
        subjects.some(
          (name) => (resource[name] as { reference?: string } | undefined)?.reference === patient,
        ) &&
        ['code', 'category'].every((name) => hasToken(resource[name], query.get(name))),
    );
    const medications = query.getAll('_include').some((include) => include.endsWith(':medication'))
      ? this.resources.filter(({ resourceType }) => resourceType === 'Medication')
      : [];
    return [...found, ...medications];
  }
}

function hasToken(concepts: unknown, wanted: string | null): boolean {
  if (wanted === null) return true;
  const text = JSON.stringify(concepts ?? {});
  return wanted.split(',').some((token) => text.includes(`"${token.split('|').at(-1) ?? ''}"`));
}
