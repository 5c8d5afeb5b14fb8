import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Client } from 'fhir-kit-client';
import { parametersOfFile, readDocumentFile, type DocumentFile, type FileName } from './attachments.js';
import { AuthorisedRequests } from './authorised-requests.js';
import { toFailure } from './client-failure.js';
import { isRecord } from './fhir-shape.js';
import { patiently } from './patience.js';
import type { FhirBundle, PatientView } from './patient-view.js';
import { proofHeaders } from './proof.js';
import { readPatientView } from './read-view.js';
import { pagesFrom, readPage, searchPages, toBundle, type Criteria, type SearchPage } from './search.js';
import { Subscriptions, type PatientSubscription, type SubscriptionWish } from './subscriptions.js';
import type { TokenSource } from './tokens.js';
import { linesOf, readViewStream, type ViewEvent } from './view-stream.js';

export interface SamenhangClientOptions {
  /** Base URL of the query API, without `/fhir`. */
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  /** Longest wait for an answer; the API itself waits for slow sources for less. */
  readonly timeoutMs?: number;
}

/** What of a view is wanted; all when left out. */
export interface ViewOptions {
  readonly signal?: AbortSignal;
  /** Types of FHIR resource. */
  readonly types?: readonly string[];
  /** Stored at a source since then (instant). */
  readonly since?: string;
  /** Held on or after, and on or before, these dates. */
  readonly start?: string;
  readonly end?: string;
  /** What sources say alike: as one (`collapse`, when left out), or each record for itself, with or without links. */
  readonly dedupe?: 'none' | 'link' | 'collapse';
  /** `retry` of an earlier view of the same question: only the sources that were missing are asked. */
  readonly retry?: string;
}

/** The query API for applications: one question, one coherent answer. */
export class SamenhangClient {
  readonly #fhir: Client;
  readonly #fhirUrl: string;
  readonly #requests: AuthorisedRequests;
  /** Subscriptions that there are: how they stand, what was missed, their end. */
  readonly subscriptions: Subscriptions;
  readonly #timeoutMs: number;

  constructor(options: SamenhangClientOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#fhirUrl = `${baseUrl}/fhir`;
    this.#requests = new AuthorisedRequests(options.tokens, baseUrl, this.#timeoutMs);
    this.subscriptions = new Subscriptions(this.#requests, this.#fhirUrl);
    this.#fhir = new Client({
      baseUrl: `${baseUrl}/fhir`,
      // A redirect would carry the patient's identifier to an address that nobody chose.
      requestOptions: { redirect: 'error' },
      requestSigner: async (url, request) => {
        const token = await options.tokens.getToken(baseUrl);
        const headers = new Headers(request.headers);
        for (const [name, value] of Object.entries(await proofHeaders(token, request.method ?? 'GET', url)))
          headers.set(name, value);
        request.headers = headers;
      },
    });
  }

  /**
   * Everything the registered sources say about the person with this BSN. It travels in the body of the request.
   * @throws Failure when there is no answer; a source that is missing is no failure but in `missing`
   */
  async patientView(bsn: string, options: ViewOptions = {}): Promise<PatientView> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    const answer = await patiently(signal, () => this.#everything(bsn, options, { signal, deadline }));
    return readPatientView(answer);
  }

  async #everything(
    bsn: string,
    options: ViewOptions,
    { signal, deadline }: { readonly signal: AbortSignal; readonly deadline: AbortSignal },
  ): Promise<FhirBundle> {
    try {
      const answer: unknown = await this.#fhir.operation({
        name: 'everything',
        resourceType: 'Patient',
        method: 'POST',
        input: parametersOf(bsn, options),
        options: { signal },
      });
      return toBundle(answer);
    } catch (cause) {
      throw toFailure(cause, deadline);
    }
  }

  /** The same view once more, of which only the sources that were missing are asked; the view itself when none was. */
  async completeView(bsn: string, view: PatientView, options: ViewOptions = {}): Promise<PatientView> {
    return view.retry === undefined ? view : this.patientView(bsn, { ...options, retry: view.retry });
  }

  /** The same view as it comes: what each source says when it answers, and the merged whole at the end. */
  async *streamView(bsn: string, options: ViewOptions = {}): AsyncGenerator<ViewEvent> {
    const response = await this.#requests.send(
      `${this.#fhirUrl}/Patient/$everything`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', accept: 'application/x-ndjson' },
        body: JSON.stringify(parametersOf(bsn, options)),
      },
      options.signal,
    );
    yield* readViewStream(linesOf(response.body));
  }

  /** A search over the merged view, page after page (FHIR R4 search parameters; see the CapabilityStatement). */
  search(
    bsn: string,
    type: string,
    criteria: Criteria = {},
    signal?: AbortSignal,
  ): AsyncGenerator<SearchPage> {
    return searchPages(
      this.#requests,
      this.#fhirUrl,
      { bsn, type, path: `${type}/_search`, criteria },
      signal,
    );
  }

  /** The last so many observations of each kind. */
  lastObservations(bsn: string, criteria: Criteria = {}, max = 1): AsyncGenerator<SearchPage> {
    const search = { bsn, type: 'Observation', path: 'Observation/$lastn', criteria: { ...criteria, max } };
    return searchPages(this.#requests, this.#fhirUrl, search);
  }

  /** Be told when there is new data of this person: where it is, never what it says. It travels in the body of the request. */
  subscribe(bsn: string, wish: SubscriptionWish = {}): Promise<PatientSubscription> {
    return this.subscriptions.create(bsn, wish);
  }

  /** What is in a file of a document; the care provider that holds it decides, and records that it was looked at. */
  async file(bsn: string, name: FileName, signal?: AbortSignal): Promise<DocumentFile> {
    const { parameter } = parametersOf(bsn, {});
    const response = await this.#requests.send(
      `${this.#fhirUrl}/DocumentReference/$attachment`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' },
        body: JSON.stringify({
          resourceType: 'Parameters',
          parameter: [...parameter, ...parametersOfFile(name)],
        }),
      },
      signal,
    );
    return readDocumentFile(await response.json());
  }

  /** What all sources say as an International Patient Summary: a FHIR document that also says what it lacks. */
  async summary(bsn: string, options: { readonly signal?: AbortSignal } = {}): Promise<FhirBundle> {
    return toBundle(await this.#operation('$summary', parametersOf(bsn, {}), options.signal));
  }

  /** Everything in pages of so many facts, which agree with each other. */
  everything(
    bsn: string,
    { signal, ...options }: Omit<ViewOptions, 'retry'> & { readonly count?: number } = {},
  ): AsyncGenerator<SearchPage> {
    const { count = 200 } = options;
    const { resourceType, parameter } = parametersOf(bsn, options);
    const body = { resourceType, parameter: [...parameter, { name: '_count', valueInteger: count }] };
    return pagesFrom(
      this.#requests,
      async () => toBundle(await this.#operation('$everything', body, signal)),
      signal,
    );
  }

  /** What the query API offers: its CapabilityStatement. */
  async capabilities(): Promise<FhirResource> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const answer: unknown = await this.#fhir
      .capabilityStatement({ signal: deadline })
      .catch((cause: unknown) => Promise.reject(toFailure(cause, deadline)));
    if (isRecord(answer) && answer['resourceType'] === 'CapabilityStatement') return answer as FhirResource;
    throw new Failure('upstream', 'The answer is not a CapabilityStatement');
  }

  async #operation(name: string, parameters: object, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#requests.send(
      `${this.#fhirUrl}/Patient/${name}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' },
        body: JSON.stringify(parameters),
      },
      signal,
    );
    return response.json();
  }

  /** The basic data set for care, in one Bundle. */
  async bgz(bsn: string, options: { readonly signal?: AbortSignal } = {}): Promise<SearchPage> {
    return readPage(toBundle(await this.#operation('$bgz', parametersOf(bsn, {}), options.signal)));
  }
}

function parametersOf(bsn: string, { types = [], since, start, end, dedupe, retry }: ViewOptions) {
  return {
    resourceType: 'Parameters' as const,
    parameter: [
      { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } },
      ...types.map((valueCode) => ({ name: '_type', valueCode })),
      ...(since === undefined ? [] : [{ name: '_since', valueInstant: since }]),
      ...(start === undefined ? [] : [{ name: 'start', valueDate: start }]),
      ...(end === undefined ? [] : [{ name: 'end', valueDate: end }]),
      ...(dedupe === undefined ? [] : [{ name: '_dedupe', valueCode: dedupe }]),
      ...(retry === undefined ? [] : [{ name: 'retry', valueString: retry }]),
    ],
  };
}
