import { parseExactJson } from '@samenhang/fhir-r4';
import { isObject, type JsonObject } from './json-object.js';
import type { ServerAccess, ServerSettings } from './server-access.js';
import {
  failedAnswer,
  isSameServer,
  readText,
  type SourceHttp,
  SourceServerError,
  type SourceAnswer,
} from './source-http.js';

const FHIR_JSON = { accept: 'application/fhir+json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** By name; as pairs where a name comes more than once. */
export type SearchParameters = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

export interface CallOptions {
  readonly method?: 'GET' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent by POST: what may not be in a URL. */
  readonly form?: Readonly<Record<string, string>>;
}

/** The FHIR server of a source. Numbers keep the precision they were written with. */
export class FhirServer {
  readonly #base: string;

  constructor(
    { baseUrl }: ServerSettings,
    private readonly http: SourceHttp,
    private readonly access: ServerAccess,
  ) {
    this.#base = baseUrl.replace(/\/+$/, '');
  }

  urlOf(path: string, parameters: SearchParameters = {}): string {
    const pairs = isPairs(parameters) ? parameters : Object.entries(parameters);
    const query = new URLSearchParams(
      pairs.map(([name, value]): [string, string] => [name, value]),
    ).toString();
    return `${this.#base}/${path}${query === '' ? '' : `?${query}`}`;
  }

  /**
   * @param spend is told of each part of the answer, and may throw to end it
   * @throws SourceServerError when it is no Bundle
   */
  async readBundle(
    url: string,
    signal: AbortSignal,
    { spend, ...options }: CallOptions & { readonly spend?: (bytes: number) => void } = {},
  ): Promise<JsonObject> {
    const answer = await this.call(url, signal, options);
    if (answer.statusCode >= 400) throw await failedAnswer(answer);
    const bundle = parse(await readText(answer, spend));
    if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle')
      throw new SourceServerError('The server does not answer with a Bundle');
    return bundle;
  }

  /** One call with the source's credentials; once more with a new token when the server no longer takes the old one. */
  async call(url: string, signal: AbortSignal, options: CallOptions = {}): Promise<SourceAnswer> {
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
    { method = 'GET', headers = {}, form }: CallOptions,
  ): Promise<SourceAnswer> {
    const authorisation = await this.access.headers(url, signal);
    const sent = { ...FHIR_JSON, ...headers, ...authorisation };
    if (form === undefined) return this.http.call(url, { method, headers: sent, signal });
    const body = new URLSearchParams(form).toString();
    return this.http.call(url, { method: 'POST', headers: { ...sent, ...FORM }, body, signal });
  }
}

function isPairs(parameters: SearchParameters): parameters is readonly (readonly [string, string])[] {
  return Array.isArray(parameters);
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new SourceServerError('The server does not answer with JSON', undefined, undefined, { cause });
  }
}
