import { createHash, randomBytes } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';

/** Where the personal health environment of the demonstration is sent its codes. */
const redirectUri = 'https://pgo.example/cb';

/** The browser of a citizen, on its way from their application through login and consent, and back. */
export class CitizenBrowser {
  readonly #verifier = randomBytes(32).toString('base64url');
  #cookie = '';

  constructor(private readonly issuer: string) {}

  /** What the application needs beside the code. */
  get proof(): Readonly<Record<string, string>> {
    return { redirect_uri: redirectUri, code_verifier: this.#verifier };
  }

  /** Logs in; gives the page that asks for consent. */
  async logIn(number: string, holder: Ura): Promise<string> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'pgo',
      redirect_uri: redirectUri,
      scope: `${holder}~48`,
      state: randomBytes(12).toString('base64url'),
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const begun = await this.#go(`${this.issuer}/citizen/authorize?${query.toString()}`);
    this.#cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const login = locationOf(begun);
    const form = { ...Object.fromEntries(login.searchParams), number };
    const loggedIn = await this.#go(`${login.origin}${login.pathname}`, form);
    return (await this.#go(locationOf(loggedIn).href)).text();
  }

  /** Answers the page; undefined when the citizen is not sent back with a code. */
  async consent(page: string): Promise<string | undefined> {
    const [, consent = ''] = /name="consent" value="([^"]+)"/.exec(page) ?? [];
    const answer = await this.#go(`${this.issuer}/citizen/consent`, { consent, decision: 'yes' });
    return answer.status === 303 ? (locationOf(answer).searchParams.get('code') ?? undefined) : undefined;
  }

  #go(url: string, form?: Record<string, string>): Promise<Response> {
    const headers = { cookie: this.#cookie };
    if (form === undefined) return fetch(url, { headers, redirect: 'manual' });
    return fetch(url, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' });
  }
}

function locationOf(response: Response): URL {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`Not sent on: ${response.status}`);
  return new URL(location);
}
