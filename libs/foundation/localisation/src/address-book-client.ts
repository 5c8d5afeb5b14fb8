import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { readAnswer } from './answer.js';
import type { AuthorisedSend, TokenProvider } from './authorised-access.js';
import {
  fhirR4Api,
  normaliseAddress,
  selectEndpoint,
  type EndpointShape,
  type EndpointWanted,
} from './endpoint-selection.js';

export interface AddressBookClientOptions<Token> {
  /** Base URL without trailing slash; also the audience of the access token. */
  readonly addressBookUrl: string;
  readonly tokens: Pick<TokenProvider<Token, never>, 'clientCredentials'>;
  readonly send: AuthorisedSend<Token>;
  /** How long an answer is used again. Validity of endpoints is judged at each use. */
  readonly cacheSeconds?: number;
  readonly timeoutMs?: number;
  readonly now?: () => Date;
}

/** Where a care provider's FHIR API is. */
export interface HolderEndpoint {
  readonly address: string;
  /** Name of the care provider as the address book has it. */
  readonly organisationName?: string;
  /** Its care-provider type, e.g. `V4` hospital, where the address book says one. */
  readonly facilityType?: string;
}

interface Identifier {
  readonly system?: unknown;
  readonly value?: unknown;
}

interface OrganisationEntry {
  readonly name?: string;
  readonly facilityType?: string;
  readonly endpoints: readonly EndpointShape[];
}

const DEFAULT_CACHE_SECONDS = 30;
const DEFAULT_TIMEOUT_MS = 5_000;

/** Reads the national address book. */
export class AddressBookClient<Token> {
  readonly #cache = new Map<
    Ura,
    { readonly entry: Promise<OrganisationEntry | undefined>; readonly until: number }
  >();

  constructor(private readonly options: AddressBookClientOptions<Token>) {}

  /** @returns undefined when the provider is unknown or has no usable endpoint of that kind now */
  async endpointOf(ura: Ura, wanted: EndpointWanted = fhirR4Api): Promise<HolderEndpoint | undefined> {
    const entry = await this.#entryOf(ura);
    const endpoint = selectEndpoint(entry?.endpoints ?? [], wanted, this.#now());
    if (endpoint?.address === undefined) return undefined;
    const { name, facilityType } = entry ?? {};
    return {
      address: normaliseAddress(endpoint.address),
      ...(name === undefined ? {} : { organisationName: name }),
      ...(facilityType === undefined ? {} : { facilityType }),
    };
  }

  #entryOf(ura: Ura): Promise<OrganisationEntry | undefined> {
    const now = this.#now().getTime();
    const kept = this.#cache.get(ura);
    if (kept !== undefined && kept.until > now) return kept.entry;
    const entry = this.#request(ura);
    const lifetimeMs = (this.options.cacheSeconds ?? DEFAULT_CACHE_SECONDS) * 1000;
    this.#cache.set(ura, { entry, until: now + lifetimeMs });
    entry.catch(() => this.#cache.delete(ura));
    return entry;
  }

  async #request(ura: Ura): Promise<OrganisationEntry | undefined> {
    const { addressBookUrl, tokens, send, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const token = await tokens.clientCredentials({ audience: addressBookUrl, scope: 'lrza:read' });
    const query = new URLSearchParams({
      identifier: `${identifierSystems.ura}|${ura}`,
      active: 'true',
      _include: 'Organization:endpoint',
    });
    const url = `${addressBookUrl}/fhir/Organization?${query.toString()}`;
    const headers = { accept: 'application/fhir+json' };
    const answer = await readAnswer('address book', () =>
      send(token, url, { method: 'GET', headers, timeoutMs }),
    );
    return readEntry(answer, ura);
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }
}

/** @throws Failure('upstream') also when it is about another care provider: a patient would be asked for at a wrong address */
function readEntry(answer: unknown, asked: Ura): OrganisationEntry | undefined {
  const { resourceType, entry = [] } = (answer ?? {}) as { resourceType?: unknown; entry?: unknown };
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) {
    throw new Failure('upstream', 'The address book gave an answer that cannot be read');
  }
  const resources = (
    entry as { resource?: EndpointShape & { name?: unknown; identifier?: unknown; type?: unknown } }[]
  ).map(({ resource }) => resource);
  const organisation = resources.find((resource) => resource?.resourceType === 'Organization');
  if (organisation === undefined) return undefined;
  const identifiers = Array.isArray(organisation.identifier) ? (organisation.identifier as Identifier[]) : [];
  if (!identifiers.some(({ system, value }) => system === identifierSystems.ura && value === asked))
    throw new Failure('upstream', 'The address book answers about another care provider');
  const endpoints = resources.filter((resource) => resource?.resourceType === 'Endpoint') as EndpointShape[];
  const facilityType = findFacilityType(organisation.type);
  return {
    endpoints,
    ...(typeof organisation.name === 'string' ? { name: organisation.name } : {}),
    ...(facilityType === undefined ? {} : { facilityType }),
  };
}

function findFacilityType(types: unknown): string | undefined {
  const concepts = Array.isArray(types) ? (types as ({ coding?: unknown } | null)[]) : [];
  const codings = concepts.flatMap((concept) =>
    Array.isArray(concept?.coding) ? (concept.coding as ({ system?: unknown; code?: unknown } | null)[]) : [],
  );
  const coding = codings.find((one) => one?.system === identifierSystems.organisationType);
  return typeof coding?.code === 'string' ? coding.code : undefined;
}
