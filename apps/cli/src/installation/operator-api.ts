import { ProfessionalTokens, proofHeaders } from '@samenhang/client';
import type { Scope } from '@samenhang/identity';
import type { ServiceName } from '@samenhang/service-kit';
import { CommandFailure } from '../terminal/command-failure.js';
import type { Installation } from './installation.js';

/** The client that the operator's scopes are granted to; made when an installation is provisioned. */
const OPERATOR = 'operator';

/** What a service lets the operator of the installation do, on behalf of no care provider. */
export class OperatorApi {
  readonly #url: string;
  readonly #tokens: ProfessionalTokens;

  constructor(
    installation: Installation,
    private readonly service: ServiceName,
    scope: Scope,
  ) {
    this.#url = installation.urlOf(service);
    const [organisation = ''] = installation.organisations();
    this.#tokens = new ProfessionalTokens({
      issuer: installation.urlOf('authorisation-server'),
      clientId: OPERATOR,
      clientKey: installation.clientKey(OPERATOR),
      // A token is for some organisation; administration asks for the scope alone.
      organisation,
      scope,
    });
  }

  async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    const url = `${this.#url}/administration/${path}`;
    const token = await this.#tokens.getToken(this.#url);
    const response = await fetch(url, {
      method,
      redirect: 'error',
      headers: {
        ...(await proofHeaders(token, method, url)),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new CommandFailure(`${this.service} at ${this.#url} cannot be reached`);
    });
    const answer = (await response.json().catch(() => ({}))) as T & { detail?: string };
    if (response.ok) return answer;
    throw new CommandFailure(answer.detail ?? `${this.service} answers with status ${response.status}`);
  }
}
