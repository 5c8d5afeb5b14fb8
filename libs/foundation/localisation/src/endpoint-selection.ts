/** What the selection rule looks at in a FHIR R4 Endpoint. */
export interface EndpointShape {
  readonly resourceType?: string;
  readonly status?: string;
  readonly connectionType?: { readonly system?: string; readonly code?: string };
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly payloadMimeType?: readonly string[];
  readonly payloadType?: readonly {
    readonly coding?: readonly { readonly system?: string; readonly code?: string }[];
  }[];
  readonly address?: string;
}

export interface EndpointWanted {
  readonly connectionType: string;
  /** E.g. `application/fhir+json; fhirVersion=4.0`: media type and parameters must match. */
  readonly mimeType: string;
  /**
   * Code of a capability or data category, when the endpoint must declare one. Without it, endpoints that are for
   * particular exchanges only (such as notifications) are left aside.
   */
  readonly payloadType?: string;
}

/** What an endpoint is for, where that is a particular exchange (code system of the generic functions guide). */
export const exchangeCapabilitySystem =
  'http://nuts-foundation.github.io/nl-generic-functions-ig/CodeSystem/nl-gf-data-exchange-capabilities';

/** The FHIR R4 API of a data holder. */
export const fhirR4Api: EndpointWanted = {
  connectionType: 'hl7-fhir-rest',
  mimeType: 'application/fhir+json; fhirVersion=4.0',
};

/**
 * Selection rule of the addressing guide: active, valid now (start included, end excluded), and of the kind wanted.
 * Two that are valid at once are an error in the data; the one that started last is then preferred.
 */
export function selectEndpoint<E extends EndpointShape>(
  endpoints: readonly E[],
  wanted: EndpointWanted,
  now: Date,
): E | undefined {
  return endpoints
    .filter((endpoint) => endpoint.status === 'active' && endpoint.address !== undefined)
    .filter((endpoint) => endpoint.connectionType?.code === wanted.connectionType)
    .filter(
      (endpoint) => hasMimeType(endpoint, wanted.mimeType) && hasPayloadType(endpoint, wanted.payloadType),
    )
    .filter((endpoint) => isValidAt(endpoint.period, now))
    .sort((a, b) => startOf(b) - startOf(a))[0];
}

/** Addresses are compared and joined without a trailing slash. */
export function normaliseAddress(address: string): string {
  return address.replace(/\/+$/, '');
}

function hasMimeType(endpoint: EndpointShape, wanted: string): boolean {
  const text = canonicalMimeType(wanted);
  return endpoint.payloadMimeType?.some((mimeType) => canonicalMimeType(mimeType) === text) ?? false;
}

function hasPayloadType(endpoint: EndpointShape, code: string | undefined): boolean {
  if (code === undefined) return !isForParticularExchange(endpoint);
  return endpoint.payloadType?.some((type) => type.coding?.some((coding) => coding.code === code)) ?? false;
}

function isForParticularExchange({ payloadType }: EndpointShape): boolean {
  const codings = payloadType?.flatMap(({ coding = [] }) => coding) ?? [];
  return codings.length > 0 && codings.every(({ system }) => system === exchangeCapabilitySystem);
}

/** Type in lower case, parameters in order and without optional space (RFC 9110 section 8.3.1). */
function canonicalMimeType(text: string): string {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  return [
    type.toLowerCase(),
    ...parameters.map((parameter) => parameter.replaceAll('"', '').toLowerCase()).sort(),
  ].join(';');
}

function isValidAt(period: EndpointShape['period'], now: Date): boolean {
  const start = instantOf(period?.start, Number.NEGATIVE_INFINITY);
  const end = instantOf(period?.end, Number.POSITIVE_INFINITY);
  return start <= now.getTime() && now.getTime() < end;
}

function startOf(endpoint: EndpointShape): number {
  return instantOf(endpoint.period?.start, Number.MIN_SAFE_INTEGER);
}

function instantOf(text: string | undefined, absent: number): number {
  if (text === undefined) return absent;
  const instant = Date.parse(text);
  // A bound that cannot be read closes the period: an endpoint of unknown validity is not used.
  return Number.isNaN(instant) ? -absent : instant;
}
