import { parseExactJson } from '@samenhang/fhir-r4';
import {
  failedAnswer,
  isSameServer,
  readText,
  type SourceHttp,
  SourceServerError,
  type SourceAnswer,
} from '../outbound/source-http.js';
import { isObject, type JsonObject } from './patient-of-resource.js';
import type { PullSettings } from './pull-settings.js';
import type { ServerAccess } from './server-access.js';

const FHIR_JSON = { accept: 'application/fhir+json' };

/** The FHIR server of a pulled source. Numbers keep the precision they were written with. */
export class FhirServer {
  readonly #base: string;

  constructor(
    pull: PullSettings,
    private readonly http: SourceHttp,
    private readonly access: ServerAccess,
  ) {
    this.#base = pull.baseUrl.replace(/\/+$/, '');
  }

  urlOf(path: string, parameters: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams(parameters).toString();
    return `${this.#base}/${path}${query === '' ? '' : `?${query}`}`;
  }

  /** @throws SourceServerError when it is no Bundle */
  async readBundle(url: string, signal: AbortSignal): Promise<JsonObject> {
    const answer = await this.call(url, signal);
    if (answer.statusCode >= 400) throw await failedAnswer(answer);
    const bundle = parse(await readText(answer));
    if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle')
      throw new SourceServerError('The server does not answer with a Bundle');
    return bundle;
  }

  /** One call with the source's credentials; once more with a new token when the server no longer takes the old one. */
  async call(
    url: string,
    signal: AbortSignal,
    options: { readonly method?: 'GET' | 'DELETE'; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<SourceAnswer> {
    const answer = await this.#callOnce(url, signal, options);
    if (answer.statusCode !== 401) return answer;
    await answer.body.dump();
    this.access.forget();
    return this.#callOnce(url, signal, options);
  }

  /**
   * The next page of a Bundle.
   * @throws SourceServerError when it is on another server: patient data comes from the declared server and no other
   */
  findNext(bundle: JsonObject): string | undefined {
    const links = Array.isArray(bundle['link']) ? (bundle['link'] as unknown[]) : [];
    const next = links.filter(isObject).find(({ relation }) => relation === 'next')?.['url'];
    if (typeof next !== 'string') return undefined;
    const url = URL.canParse(next, `${this.#base}/`) ? new URL(next, `${this.#base}/`).href : next;
    if (!isSameServer(url, this.#base)) throw new SourceServerError('The next page is on another server');
    return url;
  }

  async #callOnce(
    url: string,
    signal: AbortSignal,
    {
      method = 'GET',
      headers = {},
    }: { method?: 'GET' | 'DELETE'; headers?: Readonly<Record<string, string>> },
  ): Promise<SourceAnswer> {
    const authorisation = await this.access.headers(url, signal);
    return this.http.call(url, { method, headers: { ...FHIR_JSON, ...headers, ...authorisation }, signal });
  }
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new SourceServerError('The server does not answer with JSON', undefined, undefined, { cause });
  }
}
