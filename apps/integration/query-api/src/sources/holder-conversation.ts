import {
  dataCategories,
  findDataCategory,
  identifierSystems,
  type DataCategory,
  type Ura,
} from '@samenhang/data-model';
import { authorisedFetch, type BoundToken } from '@samenhang/identity';
import type { SourcedResource } from '@samenhang/merge';
import type { Bsn } from '@samenhang/patient-identity';
import type { ByteBudget } from './byte-budget.js';
import { isRecord } from './json-shape.js';
import { assertAboutPatient, assertSamePerson } from './patient-check.js';
import { readSearchPage, type PageEntry, type SearchPage } from './search-page.js';
import { SourceFailure } from './source-report.js';

const PAGE_SIZE = '200';
const MAXIMUM_PAGES = 100;

/** What a source gave at once, and which categories it does not give. */
export interface WholePatient {
  readonly resources: readonly SourcedResource[];
  readonly refused: readonly DataCategory[];
}

export interface ConversationOptions {
  readonly custodian: Ura;
  /** Base address of the holder's FHIR API, without trailing slash. */
  readonly base: string;
  readonly bsn: Bsn;
  readonly token: BoundToken;
  readonly signal: AbortSignal;
  readonly traceparent: string;
  readonly budget: ByteBudget;
}

/** Asks one data holder about one patient (FHIR R4, POST `_search`: identifiers stay out of URLs). */
export class HolderConversation {
  #patientIds: ReadonlySet<string> = new Set();

  constructor(private readonly options: ConversationOptions) {}

  /** The holder's Patient resources for the BSN. Remembers them as the only subject that facts may have. */
  async findPatients(): Promise<SourcedResource[]> {
    const { bsn } = this.options;
    const entries = await this.#search('Patient', { identifier: `${identifierSystems.bsn}|${bsn}` });
    for (const { resource } of entries) assertSamePerson(resource, bsn);
    this.#patientIds = new Set(entries.map(({ resource }) => resource.id));
    return entries.map((entry) => this.#sourced(entry));
  }

  /** Facts of one category about the patients found before, and what the holder includes with them. */
  async findFacts(category: DataCategory): Promise<SourcedResource[]> {
    const definition = dataCategories.find(({ code }) => code === category);
    if (definition === undefined) return [];
    const { base, bsn } = this.options;
    const subject = { base, patientIds: this.#patientIds, bsn };
    const pages = [...this.#patientIds].map((id) =>
      this.#search(definition.resourceType, {
        patient: `Patient/${id}`,
        ...definition.search,
        ...includeOf(definition.resourceType),
      }),
    );
    const entries = (await Promise.all(pages)).flat();
    for (const { resource } of entries)
      assertAboutPatient(resource, resource.resourceType === definition.resourceType, subject);
    return entries.map((entry) => this.#sourced(entry));
  }

  /** Everything of these categories in one request, for holders that offer it. */
  async findWhole(categories: readonly DataCategory[]): Promise<WholePatient> {
    const { base, bsn } = this.options;
    const page = await this.#ask(`${base}/Patient/$everything`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } },
          ...categories.map((valueCode) => ({ name: 'category', valueCode })),
        ],
      }),
    });
    if (page.next !== undefined)
      throw new SourceFailure('invalid', 'The source gives a whole patient in pages, which cannot be');
    const patients = page.entries.filter(({ resource }) => resource.resourceType === 'Patient');
    if (patients.length === 0 && page.refused.includes('Patient'))
      throw new SourceFailure('refused', 'The source refuses to tell who the patient is');
    this.#patientIds = new Set(patients.map(({ resource }) => resource.id));
    const subject = { base, patientIds: this.#patientIds, bsn };
    for (const { resource } of page.entries)
      assertAboutPatient(resource, findDataCategory(resource) !== undefined, subject);
    return { resources: page.entries.map((entry) => this.#sourced(entry)), refused: page.refused };
  }

  async #search(type: string, criteria: Readonly<Record<string, string>>): Promise<PageEntry[]> {
    const { base } = this.options;
    const body = new URLSearchParams({ ...criteria, _count: PAGE_SIZE }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    let page = await this.#ask(`${base}/${type}/_search`, { method: 'POST', headers: form, body });
    const entries = [...page.entries];
    const visited = new Set<string>();
    while (page.next !== undefined) {
      if (visited.has(page.next) || visited.size >= MAXIMUM_PAGES)
        throw new SourceFailure('invalid', 'The pages of the source do not end');
      visited.add(page.next);
      page = await this.#ask(page.next, { method: 'GET' });
      entries.push(...page.entries);
    }
    return entries;
  }

  async #ask(
    url: string,
    request: { method: string; headers?: Record<string, string>; body?: string },
  ): Promise<SearchPage> {
    const { base, budget, signal, token, traceparent } = this.options;
    try {
      const response = await authorisedFetch(token, url, {
        ...request,
        headers: { ...request.headers, accept: 'application/fhir+json', traceparent },
        signal,
      });
      const text = response.ok ? await budget.read(response) : await discard(response);
      return readSearchPage(text, base);
    } catch (cause) {
      throw toSourceFailure(cause, signal);
    }
  }

  #sourced({ resource, fullUrl }: PageEntry): SourcedResource {
    const { custodian, base } = this.options;
    const stated = isRecord(resource['meta']) ? resource['meta']['source'] : undefined;
    // The fragment of meta.source names the exchange (FHIR R4 resource.html#Meta), not the system.
    const source = typeof stated === 'string' && stated !== '' ? (stated.split('#', 1)[0] ?? base) : base;
    return { custodian, source, fullUrl, resource };
  }
}

/** What a medication is may be told in a resource of its own (BgZ asks for it the same way). */
function includeOf(resourceType: string): Record<string, string> {
  return /^Medication(Request|Dispense|Statement)$/.test(resourceType)
    ? { _include: `${resourceType}:medication` }
    : {};
}

async function discard(response: Response): Promise<never> {
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    throw new SourceFailure('refused', 'The source refuses');
  if (response.status >= 500 || response.status === 429)
    throw new SourceFailure('unreachable', `The source answers with status ${response.status}`);
  if (response.status === 413) throw new TooMuchAtOnce();
  throw new SourceFailure('invalid', `The source does not accept the search: status ${response.status}`);
}

/** The source has more of the patient than it gives in one answer. */
export class TooMuchAtOnce extends SourceFailure {
  constructor() {
    super('invalid', 'The source does not give so much in one answer');
  }
}

export function toSourceFailure(cause: unknown, signal: AbortSignal): SourceFailure {
  if (cause instanceof SourceFailure) return cause;
  if (signal.aborted) return new SourceFailure('timed-out', 'The source did not answer in time', { cause });
  return new SourceFailure('unreachable', 'The source cannot be reached', { cause });
}
