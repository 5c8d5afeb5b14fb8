import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { identifierSystems } from '@samenhang/data-model';

const WRITTEN_AT = '2026-11-01T00:00:00.000Z';

/** A central directory with an endpoint for each organisation, in memory, and nothing new since it was first read. */
export class LargeDirectory {
  readonly #types: Readonly<Record<string, readonly string[]>>;
  #server: Server | undefined;

  constructor(readonly organisations: number) {
    const uras = Array.from({ length: organisations }, (_unused, index) => uraOf(index));
    this.#types = { Organization: uras.map(organisationOf), Endpoint: uras.map(endpointOf) };
  }

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      response.setHeader('content-type', 'application/fhir+json').end(this.#answer(request.url ?? ''));
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  #answer(path: string): string {
    const url = new URL(path, `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`);
    const [, , type = '', history] = url.pathname.split('/');
    const all = history === undefined ? (this.#types[type] ?? []) : [];
    const count = Number(url.searchParams.get('_count'));
    const from = Number(url.searchParams.get('page') ?? 0);
    url.searchParams.set('page', String(from + count));
    const link = from + count < all.length ? [{ relation: 'next', url: url.href }] : [];
    const meta = JSON.stringify({ lastUpdated: new Date().toISOString() });
    const entries = all.slice(from, from + count).map((resource) => `{"resource":${resource}}`);
    return `{"resourceType":"Bundle","type":"searchset","meta":${meta},"link":${JSON.stringify(link)},"entry":[${entries.join()}]}`;
  }
}

export function uraOf(index: number): string {
  return String(10_000_000 + index);
}

const meta = { versionId: '1', lastUpdated: WRITTEN_AT };

function organisationOf(ura: string): string {
  return JSON.stringify({
    resourceType: 'Organization',
    id: `org-${ura}`,
    meta,
    identifier: [{ system: identifierSystems.ura, value: ura }],
    active: true,
    type: [{ coding: [{ system: 'http://nictiz.nl/fhir/NamingSystem/organization-type', code: 'Z3' }] }],
    name: `Provider ${ura}`,
    address: [{ line: [`Street ${ura}`], city: 'Utrecht', postalCode: '3500 AA', country: 'NL' }],
    endpoint: [{ reference: `Endpoint/fhir-${ura}` }],
  });
}

function endpointOf(ura: string): string {
  return JSON.stringify({
    resourceType: 'Endpoint',
    id: `fhir-${ura}`,
    meta,
    status: 'active',
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'hl7-fhir-rest',
    },
    managingOrganization: { reference: `Organization/org-${ura}` },
    payloadType: [{ text: 'FHIR R4' }],
    payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
    address: `https://holder.example/${ura}/fhir`,
  });
}
