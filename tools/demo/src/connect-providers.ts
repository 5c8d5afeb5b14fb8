import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { authorisedFetch, type AccessTokens } from '@samenhang/identity';
import { exchangeCapabilitySystem } from '@samenhang/localisation';
import { portOffsets } from '@samenhang/service-kit';
import type { DemoPerson } from './people.js';
import { demoProviders, gpZonneweg, hospitalNoord, pharmacyDeBrug, type DemoProvider } from './providers.js';
import { urlOf, type Surroundings } from './surroundings.js';

/** FHIR base URL of a provider as a data holder. */
export function holderUrl(surroundings: Surroundings, provider: DemoProvider): string {
  if (provider.holder === 'record') return `${urlOf(surroundings, 'record')}/tenants/${provider.ura}/fhir`;
  return `${urlOf(surroundings, provider.holder)}/fhir`;
}

/** Enters each provider with its endpoints in the address book, as its vendor would (IHE ITI-130). */
export async function enterInAddressBook(surroundings: Surroundings, tokens: AccessTokens): Promise<void> {
  const audience = urlOf(surroundings, 'address-book');
  for (const provider of demoProviders) {
    const token = await tokens.clientCredentials({
      audience,
      scope: 'lrza:write',
      organisation: provider.ura,
    });
    await expectOk(
      await authorisedFetch(token, `${audience}/fhir`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(addressBookEntry(surroundings, provider)),
      }),
      `address book entry of ${provider.ura}`,
    );
  }
}

function addressBookEntry(surroundings: Surroundings, provider: DemoProvider): FhirResource {
  const endpoints = [
    endpointOf(provider, `endpoint-${provider.ura}`, holderUrl(surroundings, provider), [anyPayload]),
    endpointOf(
      provider,
      `endpoint-transfer-${provider.ura}`,
      `${urlOf(surroundings, 'transfer')}/tenants/${provider.ura}/fhir`,
      transferPayloads,
    ),
  ];
  const organisation = {
    resourceType: 'Organization',
    id: `org-${provider.ura}`,
    active: true,
    identifier: [{ system: identifierSystems.ura, value: provider.ura }],
    type: [{ coding: [{ system: identifierSystems.organisationType, code: provider.type }] }],
    name: provider.name,
    endpoint: endpoints.map(({ id }) => ({ reference: `Endpoint/${id}` })),
  };
  const entry = [organisation, ...endpoints].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  return { resourceType: 'Bundle', id: `entry-${provider.ura}`, type: 'transaction', entry };
}

const anyPayload = {
  system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type',
  code: 'any',
};
const transferPayloads = ['transfer-sender', 'transfer-receiver'].map((code) => ({
  system: exchangeCapabilitySystem,
  code,
}));

function endpointOf(
  { ura }: DemoProvider,
  id: string,
  address: string,
  payloads: readonly object[],
): { readonly resourceType: 'Endpoint'; readonly id: string } & Record<string, unknown> {
  return {
    resourceType: 'Endpoint',
    id,
    status: 'active',
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'hl7-fhir-rest',
    },
    managingOrganization: { reference: `Organization/org-${ura}` },
    payloadType: payloads.map((coding) => ({ coding: [coding] })),
    payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
    address,
  };
}

const DUTCH = { timeZone: 'Europe/Amsterdam', defaultCharset: 'UTF-8' };

/** Declares the three sources that feed replicas: MLLP, FHIR pull and FHIR push. */
export async function declareSources(surroundings: Surroundings, tokens: AccessTokens): Promise<void> {
  const mllpPort = surroundings.portBase + portOffsets['mllp-hospital'];
  const gpServer = `${urlOf(surroundings, 'fhir-source-gp')}/fhir`;
  const resourceTypes = ['Patient', 'Condition', 'AllergyIntolerance', 'Observation', 'Encounter'];
  await declareSource(surroundings, tokens, hospitalNoord, 'zis', {
    kind: 'mllp',
    displayName: 'ZIS Ziekenhuis Noord',
    settings: {
      ...DUTCH,
      localIdentifierSystem: 'https://noord.example/patientnummer',
    },
    mllp: { host: '127.0.0.1', port: mllpPort },
  });
  await declareSource(surroundings, tokens, gpZonneweg, 'his', {
    kind: 'fhir-pull',
    displayName: 'HIS Zonneweg',
    settings: {
      ...DUTCH,
      localIdentifierSystem: 'https://zonneweg.example/patienten',
    },
    pull: { baseUrl: gpServer, resourceTypes, intervalSeconds: 2 },
  });
  await declareSource(surroundings, tokens, pharmacyDeBrug, 'ais', {
    kind: 'fhir-push',
    displayName: 'AIS De Brug',
    settings: {
      ...DUTCH,
      localIdentifierSystem: 'https://debrug.example/patienten',
    },
  });
}

/** Declares one source of a provider at ingest. */
export async function declareSource(
  surroundings: Surroundings,
  tokens: AccessTokens,
  provider: DemoProvider,
  sourceId: string,
  declaration: object,
): Promise<void> {
  const audience = urlOf(surroundings, 'ingest');
  const token = await tokens.clientCredentials({
    audience,
    scope: 'ingest:admin',
    organisation: provider.ura,
  });
  const response = await authorisedFetch(token, `${audience}/tenants/${provider.ura}/sources/${sourceId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(declaration),
  });
  await expectOk(response, `source ${sourceId} of ${provider.ura}`);
}

/** Records at the consent register that these persons let every provider share treatment data. */
export async function giveConsents(
  surroundings: Surroundings,
  tokens: AccessTokens,
  people: readonly DemoPerson[],
): Promise<void> {
  const audience = urlOf(surroundings, 'consent-register');
  const token = await tokens.clientCredentials({ audience, scope: 'consent:admin' });
  for (const person of people) {
    for (const provider of demoProviders) {
      const response = await authorisedFetch(token, `${audience}/choices`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          bsn: person.bsn,
          holder: provider.ura,
          category: 'GGC002',
          decision: 'permit',
        }),
      });
      await expectOk(response, `consent for ${provider.ura}`);
    }
  }
}

export async function expectOk(response: Response, what: string): Promise<void> {
  if (response.ok) {
    await response.arrayBuffer();
    return;
  }
  throw new Error(`${what}: ${response.status} ${(await response.text()).slice(0, 500)}`);
}
