import { Failure } from '@samenhang/errors';
import { failureOf, toFailure } from './client-failure.js';
import { patiently } from './patience.js';
import { proofHeaders } from './proof.js';
import type { TokenSource } from './tokens.js';

export interface RequestParts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests with a token for one address and the proof that it is one's own. */
export class AuthorisedRequests {
  /** @param audience the address that tokens are for */
  constructor(
    private readonly tokens: TokenSource,
    private readonly audience: string,
    private readonly timeoutMs: number,
    private readonly scope?: string,
  ) {}

  /** @throws Failure unless it was answered with success */
  async send(url: string, request: RequestParts, signal?: AbortSignal): Promise<Response> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    const whole = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    try {
      return await patiently(whole, () => this.#sendOnce(url, request, whole));
    } catch (cause) {
      throw toFailure(cause, deadline);
    }
  }

  async #sendOnce(
    url: string,
    { headers, ...request }: RequestParts,
    signal: AbortSignal,
  ): Promise<Response> {
    const token = await this.tokens.getToken(this.audience, this.scope);
    const response = await fetch(url, {
      ...request,
      headers: { ...headers, ...(await proofHeaders(token, request.method, url)) },
      // A redirect would carry the patient's identifier to an address that nobody chose.
      redirect: 'error',
      signal,
    });
    if (response.ok) return response;
    const content: unknown = await response.json().catch(() => undefined);
    throw failureOf(response.status, content, response.headers.get('retry-after'));
  }

  /** @throws Failure also for a next page elsewhere: the token is for this address alone */
  assertOwn(url: string): void {
    if (!url.startsWith(`${this.audience}/`))
      throw new Failure('upstream', 'The answer points to another address for its next page');
  }
}
