import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dataCategories, dataCategorySystem, identifierSystems } from '@samenhang/data-model';
import type { TimedHolder } from './timed-holders.js';

const custodianExtension =
  'http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian';

/** Pseudonymisation, reference index and address book that answer at once: what they take is measured elsewhere. */
export class PlatformStandIn {
  holders: readonly TimedHolder[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<PlatformStandIn> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PlatformStandIn(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for await (const _chunk of request) continue;
    const url = new URL(request.url ?? '/', 'http://stand-in');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(this.#answer(url)));
  }

  #answer({ pathname, searchParams }: URL): object {
    if (pathname === '/oprf/eval') return { jwe: 'opaque' };
    if (pathname.startsWith('/fhir/List')) return searchset(this.holders.flatMap(({ ura }) => listsOf(ura)));
    const asked = searchParams.get('identifier') ?? '';
    return searchset(this.holders.filter(({ ura }) => asked.endsWith(ura)).flatMap(directoryEntry));
  }
}

function searchset(resources: readonly object[]): object {
  return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
}

function listsOf(ura: string): object[] {
  const custodian = { identifier: { system: identifierSystems.ura, value: ura } };
  return dataCategories.map(({ code }) => ({
    resourceType: 'List',
    extension: [{ url: custodianExtension, valueReference: custodian }],
    code: { coding: [{ system: dataCategorySystem, code }] },
  }));
}

function directoryEntry({ ura, address }: TimedHolder): object[] {
  return [
    { resourceType: 'Organization', identifier: [{ system: identifierSystems.ura, value: ura }], name: ura },
    {
      resourceType: 'Endpoint',
      status: 'active',
      connectionType: { code: 'hl7-fhir-rest' },
      payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
      address,
    },
  ];
}
