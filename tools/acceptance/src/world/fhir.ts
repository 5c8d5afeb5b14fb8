import { identifierSystems, viewUrls } from '@samenhang/data-model';

/** FHIR as these scenarios look at it: the few elements they name. */
export interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: { readonly tag?: readonly { readonly system?: string; readonly code?: string }[] };
  readonly issue?: readonly Issue[];
  readonly extension?: readonly Extension[];
  readonly [element: string]: unknown;
}

export interface Issue {
  readonly severity: string;
  readonly code: string;
  readonly diagnostics?: string;
  readonly details?: { readonly text?: string };
}

interface Extension {
  readonly url: string;
  readonly extension?: readonly Extension[];
  readonly valueCode?: string;
  readonly valueIdentifier?: { readonly value?: string };
}

export interface Entry {
  readonly fullUrl?: string;
  readonly resource?: Resource;
  readonly search?: { readonly mode?: string };
  readonly response?: { readonly status?: string; readonly location?: string };
}

export interface Bundle {
  readonly resourceType: string;
  readonly type?: string;
  readonly entry?: readonly Entry[];
}

/** An answer over HTTP, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export async function readAll(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export function bundleOf(answer: Answer): Bundle {
  return JSON.parse(answer.text) as Bundle;
}

export function resourcesOf(bundle: Bundle, type?: string): Resource[] {
  const all = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  return type === undefined ? all : all.filter(({ resourceType }) => resourceType === type);
}

/** The facts of a view: what matched, not what was included to explain it. */
export function factsOf(bundle: Bundle): Resource[] {
  return (bundle.entry ?? []).flatMap(({ resource, search }) =>
    search?.mode === 'match' && resource !== undefined ? [resource] : [],
  );
}

export function custodiansOf(resource: Resource): string[] {
  return (resource.meta?.tag ?? [])
    .filter(({ system }) => system === identifierSystems.ura)
    .map(({ code = '' }) => code);
}

export function outcomeOf(bundle: Bundle): Resource {
  const [outcome] = resourcesOf(bundle, 'OperationOutcome');
  if (outcome === undefined) throw new Error('The Bundle has no OperationOutcome');
  return outcome;
}

/** Status of each source of a view, by custodian. A source that may not be named counts as `unnamed`. */
export function sourcesOf(bundle: Bundle): ReadonlyMap<string, string> {
  const statuses = (outcomeOf(bundle).extension ?? []).filter(({ url }) => url === viewUrls.sourceStatus);
  return new Map(
    statuses.map(({ extension = [] }) => {
      const find = (url: string): Extension | undefined => extension.find((part) => part.url === url);
      return [find('custodian')?.valueIdentifier?.value ?? 'unnamed', find('status')?.valueCode ?? ''];
    }),
  );
}
