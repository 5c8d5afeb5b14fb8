import { identifierSystems } from '@samenhang/data-model';
import { exchangeCapabilitySystem } from '@samenhang/localisation';
import type { Answer } from './fhir.js';
import type { Provider } from './people.js';
import type { World } from './world.js';

export interface EndpointEntry {
  readonly id: string;
  readonly address: string;
  readonly status?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  /** For these exchanges only; a FHIR API for anything when left out. */
  readonly capabilities?: readonly string[];
}

/** The national address book, written by the vendor of each care provider (IHE ITI-130). */
export class AddressBook {
  constructor(private readonly world: World) {}

  /** Enters the provider with these endpoints in the place of those it had. */
  async enter(
    provider: Provider,
    endpoints: readonly EndpointEntry[],
    active = true,
    client = 'demo',
  ): Promise<void> {
    const organisation = {
      resourceType: 'Organization',
      id: `org-${provider.ura}`,
      active,
      identifier: [{ system: identifierSystems.ura, value: provider.ura }],
      type: [{ coding: [{ system: identifierSystems.organisationType, code: provider.type }] }],
      name: provider.name,
      endpoint: endpoints.map(({ id }) => ({ reference: `Endpoint/${id}` })),
    };
    const resources = [organisation, ...endpoints.map((endpoint) => toEndpoint(provider, endpoint))];
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: resources.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      })),
    };
    const answer = await this.write(provider, bundle, client);
    if (answer.status !== 200) throw new Error(`The address book answers ${answer.status}: ${answer.text}`);
  }

  /** The usual entry: the record of this node, and its transfer service. */
  enterAtRecord(provider: Provider, active = true, client = 'demo'): Promise<void> {
    const { ura } = provider;
    const endpoints = [
      { id: `endpoint-${ura}`, address: this.world.holderBase(provider) },
      {
        id: `endpoint-transfer-${ura}`,
        address: `${this.world.urlOf('transfer')}/tenants/${ura}/fhir`,
        capabilities: ['transfer-sender', 'transfer-receiver'],
      },
    ];
    return this.enter(provider, endpoints, active, client);
  }

  write(writer: Provider, bundle: object, client = 'demo'): Promise<Answer> {
    return this.world.callAs(client, 'address-book', 'lrza:write', '/fhir', {
      method: 'POST',
      body: bundle,
      type: 'application/fhir+json',
      organisation: writer.ura,
    });
  }

  read(path: string, reader: Provider): Promise<Answer> {
    return this.world.call('address-book', 'lrza:read', `/fhir/${path}`, { organisation: reader.ura });
  }
}

function toEndpoint(
  provider: Provider,
  { id, address, status = 'active', period, capabilities }: EndpointEntry,
): { readonly resourceType: string; readonly id: string } & Record<string, unknown> {
  return {
    resourceType: 'Endpoint',
    id,
    status,
    ...(period === undefined ? {} : { period }),
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'hl7-fhir-rest',
    },
    managingOrganization: { reference: `Organization/org-${provider.ura}` },
    payloadType: capabilities?.map((code) => ({ coding: [{ system: exchangeCapabilitySystem, code }] })) ?? [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'any' }] },
    ],
    payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
    address,
  };
}
