import {
  dataCategories,
  identifierSystems,
  isPatientFact,
  type DataCategory,
  type FhirResource,
  type Ura,
} from '@samenhang/data-model';
import { authorisedRequest, type AuthorisedAnswer, type BoundToken } from '@samenhang/identity';
import type { SourcedResource } from '@samenhang/merge';
import type { Bsn } from '@samenhang/patient-identity';
import type { ByteBudget } from './byte-budget.js';
import { findFile, readBinary, type FileContent } from './attachment.js';
import { parseExact } from './exact-json.js';
import { isRecord } from './json-shape.js';
import { assertAboutPatient, assertSamePerson } from './patient-check.js';
import { isResource, readSearchPage, type PageEntry, type SearchPage } from './search-page.js';
import { SourceFailure, type MissingCategory } from './source-report.js';

const PAGE_SIZE = '200';
const MAXIMUM_PAGES = 100;

/** What a source gave at once, and which categories it does not give. */
export interface WholePatient {
  readonly resources: readonly SourcedResource[];
  readonly lacking: readonly MissingCategory[];
  /** Types of which it does not give facts of no category. */
  readonly lackingTypes: readonly MissingCategory[];
}

interface HolderRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
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
    return definition === undefined ? [] : this.#findByType(definition.resourceType, definition.search);
  }

  /** Facts of a type, whatever their category. */
  findOfType(type: string): Promise<SourcedResource[]> {
    return this.#findByType(type, {});
  }

  async #findByType(type: string, criteria: Readonly<Record<string, string>>): Promise<SourcedResource[]> {
    const { base, bsn } = this.options;
    const subject = { base, patientIds: this.#patientIds, bsn };
    const pages = [...this.#patientIds].map((id) =>
      this.#search(type, { patient: `Patient/${id}`, ...criteria, ...includeOf(type) }),
    );
    const entries = (await Promise.all(pages)).flat();
    for (const { resource } of entries) assertAboutPatient(resource, resource.resourceType === type, subject);
    return entries.map((entry) => this.#sourced(entry));
  }

  /** Everything of these categories, and of these types what is in none, in one request, for holders that offer it. */
  async findWhole(categories: readonly DataCategory[], others: readonly string[]): Promise<WholePatient> {
    const { base, bsn } = this.options;
    const page = await this.#ask(`${base}/Patient/$everything`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } },
          ...categories.map((valueCode) => ({ name: 'category', valueCode })),
          ...others.map((valueCode) => ({ name: 'other', valueCode })),
        ],
      }),
    });
    if (page.next !== undefined)
      throw new SourceFailure('invalid', 'The source gives a whole patient in pages, which cannot be');
    const patients = page.entries.filter(({ resource }) => resource.resourceType === 'Patient');
    const nobody = page.lacking.find(({ category }) => category === 'Patient');
    if (patients.length === 0 && nobody !== undefined)
      throw new SourceFailure(nobody.status, 'The source does not tell who the patient is');
    this.#patientIds = new Set(patients.map(({ resource }) => resource.id));
    const subject = { base, patientIds: this.#patientIds, bsn };
    for (const { resource } of page.entries) assertAboutPatient(resource, isPatientFact(resource), subject);
    const { lacking, lackingTypes } = page;
    return { resources: page.entries.map((entry) => this.#sourced(entry)), lacking, lackingTypes };
  }

  /**
   * A document of the patients found before, and one of its files; without the file when there is none there.
   * @throws SourceFailure also for a document of somebody else
   */
  async readDocument(
    type: string,
    id: string,
    at: number,
  ): Promise<{ readonly document: FhirResource; readonly file?: FileContent & { kind: 'here' } }> {
    const { base, bsn } = this.options;
    const document = await this.#read(`${type}/${id}`);
    if (document.resourceType !== type || document.id !== id)
      throw new SourceFailure('invalid', 'The source gives another document than was asked for');
    assertAboutPatient(document, true, { base, patientIds: this.#patientIds, bsn });
    const file = findFile(document, at, base);
    if (file === undefined) return { document };
    if (file.kind === 'here') return { document, file };
    const context = { 'x-security-context': `${type}/${id}` };
    const binary = await this.#read(`Binary/${file.id}`, context);
    return { document, file: readBinary(binary, file.contentType) };
  }

  async #read(path: string, headers: Readonly<Record<string, string>> = {}): Promise<FhirResource> {
    const text = await this.#send(`${this.options.base}/${path}`, { method: 'GET', headers });
    let resource: unknown;
    try {
      resource = parseExact(text);
    } catch (cause) {
      throw new SourceFailure('invalid', 'The source does not answer in JSON', { cause });
    }
    if (!isResource(resource)) throw new SourceFailure('invalid', 'The source gives no identified resource');
    return resource;
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

  async #ask(url: string, request: HolderRequest): Promise<SearchPage> {
    return readSearchPage(await this.#send(url, request), this.options.base);
  }

  async #send(url: string, request: HolderRequest): Promise<string> {
    const { budget, signal, token, traceparent } = this.options;
    try {
      const answer = await authorisedRequest(token, url, {
        ...request,
        headers: { ...request.headers, accept: 'application/fhir+json', traceparent },
        signal,
      });
      return answer.status < 300 ? await budget.read(answer.body) : await discard(answer);
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

async function discard(answer: AuthorisedAnswer): Promise<never> {
  const { status } = answer;
  await answer.discard();
  if (status === 401 || status === 403) throw new SourceFailure('refused', 'The source refuses');
  if (status >= 500 || status === 429)
    throw new SourceFailure('unreachable', `The source answers with status ${status}`);
  if (status === 413) throw new TooMuchAtOnce();
  if (status === 404 || status === 410) throw new NotThere();
  throw new SourceFailure('invalid', `The source does not accept the search: status ${status}`);
}

/** The source has nothing under this name, or does not tell. */
export class NotThere extends SourceFailure {
  constructor() {
    super('invalid', 'The source has no such resource');
  }
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
