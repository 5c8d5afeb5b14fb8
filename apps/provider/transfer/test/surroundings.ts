import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { identifierSystems } from '@samenhang/data-model';
import { exchangeCapabilitySystem } from '@samenhang/localisation';

interface RecordQuestion {
  readonly patient: { readonly value: string };
  readonly read?: { readonly type: string; readonly id: string };
  readonly search?: {
    readonly type: string;
    readonly parameters: readonly [string, string][];
    readonly base: string;
  };
}

/** The address book and the record, as the service under test meets them, on one port. */
export class Surroundings {
  /** Base of each care provider's transfer service; who is not in it is not in the address book. */
  readonly bases = new Map<string, string>();
  /** Resources by `Type/id`, of whichever patient is asked about. */
  readonly resources = new Map<string, string>();
  readonly asked: RecordQuestion[] = [];
  recordStatus = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://here');
    const [status, body] =
      url.pathname === '/fhir/Organization'
        ? [200, this.#organisation(url.searchParams.get('identifier') ?? '')]
        : this.#read(JSON.parse(Buffer.concat(chunks).toString('utf8')) as RecordQuestion);
    response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(body);
  }

  #organisation(identifier: string): string {
    const ura = identifier.replace(`${identifierSystems.ura}|`, '');
    const address = this.bases.get(ura);
    const resources =
      address === undefined
        ? []
        : [
            {
              resourceType: 'Organization',
              identifier: [{ system: identifierSystems.ura, value: ura }],
              name: ura,
            },
            endpointAt(address),
          ];
    return JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) });
  }

  #read(question: RecordQuestion): [number, string] {
    this.asked.push(question);
    if (this.recordStatus !== 200) return [this.recordStatus, '{}'];
    const { read, search } = question;
    if (read !== undefined) {
      const found = this.resources.get(`${read.type}/${read.id}`);
      return found === undefined ? [404, '{}'] : [200, found];
    }
    const page = search?.parameters.some(([name]) => name === '_cursor') === true ? 2 : 1;
    const ofType = [...this.resources].filter(([key]) => key.startsWith(`${search?.type ?? ''}/`));
    const next = `${search?.base ?? ''}/${search?.type ?? ''}?${new URLSearchParams([...(search?.parameters ?? []), ['_cursor', 'more']]).toString()}`;
    const link = page === 1 ? `"link":[{"relation":"next","url":${JSON.stringify(next)}}],` : '';
    const entry = page === 1 ? ofType.map(([, text]) => `{"resource":${text}}`).join(',') : '';
    return [200, `{"resourceType":"Bundle","type":"searchset",${link}"entry":[${entry}]}`];
  }
}

function endpointAt(address: string): object {
  return {
    resourceType: 'Endpoint',
    status: 'active',
    connectionType: { code: 'hl7-fhir-rest' },
    payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
    payloadType: ['transfer-sender', 'transfer-receiver'].map((code) => ({
      coding: [{ system: exchangeCapabilitySystem, code }],
    })),
    address,
  };
}
