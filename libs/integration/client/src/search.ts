import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { AuthorisedRequests } from './authorised-requests.js';
import { findText, isRecord, recordsOf } from './fhir-shape.js';
import type { FhirBundle } from './patient-view.js';
import { readMissing, readSourceStatuses } from './read-sources.js';
import type { Missing } from './patient-view.js';

/** Search parameters as in a URL of FHIR; a list repeats the parameter, which narrows. */
export type Criteria = Readonly<Record<string, string | number | readonly string[]>>;

/** One page of what was found. */
export interface SearchPage {
  readonly resources: readonly FhirResource[];
  /** What came along by `_include` and `_revinclude`. */
  readonly included: readonly FhirResource[];
  /** Of all pages; absent when a source is missing, since it is not known then. */
  readonly total?: number;
  /** What the result lacks, and why: never to be hidden from the reader. */
  readonly missing: readonly Missing[];
  readonly bundle: FhirBundle;
}

const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  accept: 'application/fhir+json',
} as const;
const personParameter: Readonly<Record<string, string | undefined>> = {
  Patient: 'identifier',
  Coverage: 'beneficiary.identifier',
};

/** Pages of a search over the merged view, one after another, until the last. */
export async function* searchPages(
  requests: AuthorisedRequests,
  fhirUrl: string,
  { bsn, path, type, criteria }: { bsn: string; path: string; type: string; criteria: Criteria },
  signal?: AbortSignal,
): AsyncGenerator<SearchPage> {
  const form = new URLSearchParams();
  form.append(personParameter[type] ?? 'patient.identifier', `${identifierSystems.bsn}|${bsn}`);
  for (const [name, values] of Object.entries(criteria))
    for (const value of [values].flat()) form.append(name, String(value));
  const first = async (): Promise<FhirBundle> => {
    const request = { method: 'POST', headers: FORM, body: form.toString() } as const;
    return toBundle(await (await requests.send(`${fhirUrl}/${path}`, request, signal)).json());
  };
  yield* pagesFrom(requests, first, signal);
}

/** The first page, and those that each says to come next. */
export async function* pagesFrom(
  requests: AuthorisedRequests,
  first: () => Promise<FhirBundle>,
  signal?: AbortSignal,
): AsyncGenerator<SearchPage> {
  let bundle = await first();
  for (;;) {
    yield readPage(bundle);
    const next = nextOf(bundle);
    if (next === undefined) return;
    requests.assertOwn(next);
    const page = await requests.send(next, { method: 'GET', headers: { accept: FORM.accept } }, signal);
    bundle = toBundle(await page.json());
  }
}

export function readPage(bundle: FhirBundle): SearchPage {
  const entries = bundle.entry ?? [];
  const of = (mode: string): FhirResource[] =>
    entries.flatMap(({ resource, search }) =>
      search?.mode === mode && resource !== undefined ? [resource] : [],
    );
  const [outcome = {}] = of('outcome') as unknown as Readonly<Record<string, unknown>>[];
  const { total } = bundle;
  return {
    resources: of('match'),
    included: of('include'),
    ...(typeof total === 'number' ? { total } : {}),
    missing: readMissing(outcome, readSourceStatuses(outcome)),
    bundle,
  };
}

export function toBundle(value: unknown): FhirBundle {
  if (isRecord(value) && value['resourceType'] === 'Bundle') return value as FhirBundle;
  throw new Failure('upstream', 'The query API did not answer with a Bundle');
}

function nextOf(bundle: FhirBundle): string | undefined {
  const link = recordsOf(bundle['link']).find(({ relation }) => relation === 'next');
  return findText(link?.['url']);
}
