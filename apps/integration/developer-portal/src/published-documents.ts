import { Failure } from '@samenhang/errors';
import type { ServiceName } from '@samenhang/service-kit';

export type DocumentKind = 'openapi' | 'capability';

/** What services say of themselves to anybody, and where. */
export const publishedDocuments = [
  { service: 'query-api', kind: 'openapi', path: '/openapi.json' },
  { service: 'secondary-use-api', kind: 'openapi', path: '/openapi.json' },
  { service: 'query-api', kind: 'capability', path: '/fhir/metadata' },
  { service: 'address-book', kind: 'capability', path: '/fhir/metadata' },
  { service: 'reference-index', kind: 'capability', path: '/fhir/metadata' },
] as const satisfies readonly { service: ServiceName; kind: DocumentKind; path: string }[];

const TIMEOUT_MS = 10_000;

/** A document as the running service gives it now. @throws Failure */
export async function fetchDocument(
  kind: string | undefined,
  service: string | undefined,
  urlOf: (service: ServiceName) => string,
): Promise<unknown> {
  const document = publishedDocuments.find((one) => one.kind === kind && one.service === service);
  if (document === undefined) throw new Failure('not-found', 'There is no such document');
  const response = await fetch(`${urlOf(document.service)}${document.path}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Failure('unavailable', `${document.service} cannot be reached`, { cause });
  });
  if (!response.ok)
    throw new Failure('upstream', `${document.service} answers with status ${String(response.status)}`);
  return (await response.json()) as unknown;
}
