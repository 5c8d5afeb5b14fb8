/** What the pages read of an OpenAPI 3.1 document. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly summary?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

export interface Schema {
  readonly properties?: Readonly<
    Record<string, { readonly description?: string; readonly enum?: unknown[] }>
  >;
  readonly anyOf?: readonly { readonly required?: readonly string[] }[];
}

export interface OfferedOperation extends Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

export function operationsOf({ paths }: OpenApi): OfferedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      method === 'get' || method === 'post'
        ? [{ ...operation, path, method: method === 'get' ? ('GET' as const) : ('POST' as const) }]
        : [],
    ),
  );
}

const PERSON = '900186021';
const BSN_SYSTEM = 'http://fhir.nl/fhir/NamingSystem/bsn';

/** A body to begin with, about a fictional person of the demonstration. */
export function exampleBody({ requestBody }: Operation): { contentType: string; body: string } | undefined {
  const [first] = Object.entries(requestBody?.content ?? {});
  if (first === undefined) return undefined;
  const [contentType, { schema }] = first;
  if (contentType === 'application/x-www-form-urlencoded') {
    const person = schema?.anyOf?.[0]?.required?.[0] ?? 'patient.identifier';
    return { contentType, body: new URLSearchParams({ [person]: `${BSN_SYSTEM}|${PERSON}` }).toString() };
  }
  const parameters = {
    resourceType: 'Parameters',
    parameter: [{ name: 'patient', valueIdentifier: { system: BSN_SYSTEM, value: PERSON } }],
  };
  return { contentType, body: JSON.stringify(parameters, null, 2) };
}
