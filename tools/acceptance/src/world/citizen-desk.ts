import { createHash, randomBytes } from 'node:crypto';
import type { Provider } from './people.js';
import type { TokenAnswer } from './token-desk.js';
import type { World } from './world.js';

const REDIRECT_URI = 'https://pgo.example/cb';
const SERVICE = '48';

export interface TokenUse {
  readonly resource: string;
  readonly scope: string;
  readonly [parameter: string]: string;
}

/** A citizen with a personal health environment: logs in, gives leave, and the environment collects. */
export class CitizenDesk {
  readonly #verifier = randomBytes(32).toString('base64url');
  #cookie = '';

  constructor(
    private readonly world: World,
    private readonly holder: Provider,
  ) {}

  /** Logs in with this number. @returns the page that asks for leave */
  async logIn(bsn: string): Promise<string> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'pgo',
      redirect_uri: REDIRECT_URI,
      scope: `${this.holder.ura}~${SERVICE}`,
      state: 'state-of-the-environment',
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const issuer = this.world.urlOf('authorisation-server');
    const begun = await this.#go(`${issuer}/citizen/authorize?${query.toString()}`);
    this.#cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const asked = new URL(begun.headers.get('location') ?? '').searchParams;
    const loggedIn = await this.#post(`${this.world.urlOf('dezi')}/digid/login`, {
      request_id: asked.get('request_id') ?? '',
      return_to: asked.get('return_to') ?? '',
      number: bsn,
    });
    return (await this.#go(loggedIn.headers.get('location') ?? '')).text();
  }

  /** Says yes on the page. @returns the authorisation code; undefined when it was refused */
  async giveLeave(page: string): Promise<string | undefined> {
    const [, consent = ''] = /name="consent" value="([^"]+)"/.exec(page) ?? [];
    const issuer = this.world.urlOf('authorisation-server');
    const answer = await this.#post(`${issuer}/citizen/consent`, { consent, decision: 'yes' });
    const location = answer.headers.get('location');
    return location === null ? undefined : (new URL(location).searchParams.get('code') ?? undefined);
  }

  /** @param use for what the token is; the data of the care provider unless said otherwise */
  redeem(code: string, use: TokenUse = this.#ofHolder()): Promise<TokenAnswer> {
    return this.world.desk.ask({
      client: 'pgo',
      grant: 'authorization_code',
      parameters: {
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: this.#verifier,
        ...use,
      },
    });
  }

  /** A token for the log of who looked at the citizen's data there. */
  forLog(): TokenUse {
    return { resource: `${this.world.urlOf('audit')}/tenants/${this.holder.ura}`, scope: 'audit:own' };
  }

  #ofHolder(): TokenUse {
    return { resource: this.world.holderBase(this.holder), scope: 'holder:read' };
  }

  #post(url: string, form: Record<string, string>): Promise<Response> {
    return this.#go(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  }

  #go(url: string, request: RequestInit = {}): Promise<Response> {
    const headers = { ...(request.headers as Record<string, string> | undefined), cookie: this.#cookie };
    return fetch(url, { ...request, headers, redirect: 'manual' });
  }
}
