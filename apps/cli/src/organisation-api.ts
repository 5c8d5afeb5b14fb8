import { ProfessionalTokens, proofHeaders } from '@samenhang/client';
import { findUra, type Ura } from '@samenhang/data-model';
import { Failure, failureKinds, type FailureKind } from '@samenhang/errors';
import type { ServiceName } from '@samenhang/service-kit';
import { CommandFailure, usage } from './command-failure.js';
import type { Installation } from './installation.js';

/** The care provider that a command is about, or all that the development client acts for. */
export function organisationsOf(
  { organisation }: { readonly organisation?: string },
  installation: Installation,
): Ura[] {
  return (organisation === undefined ? installation.organisations() : [organisation]).map((text) => {
    const ura = findUra(text);
    if (ura === undefined) throw usage('--organisation must be a URA: 8 digits');
    return ura;
  });
}

/** As services answer what they refuse (RFC 9457). */
interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string }[];
}

/** What a service lets a care provider itself do: no professional is behind it. */
export class OrganisationApi {
  readonly #url: string;
  readonly #tokens = new Map<Ura, ProfessionalTokens>();

  constructor(
    private readonly installation: Installation,
    private readonly service: ServiceName,
    private readonly scope: string,
  ) {
    this.#url = installation.urlOf(service);
  }

  async ask<T>(
    organisation: Ura,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    content?: { readonly type: string; readonly text: string },
  ): Promise<T> {
    const url = `${this.#url}${path}`;
    const token = await this.#tokensOf(organisation).getToken(this.#url);
    const headers = {
      ...(await proofHeaders(token, method, url)),
      ...(content === undefined ? {} : { 'content-type': content.type }),
    };
    const body = content === undefined ? {} : { body: content.text };
    const response = await fetch(url, { method, headers, redirect: 'error', ...body }).catch(() => {
      throw new CommandFailure(`${this.service} at ${this.#url} cannot be reached`);
    });
    const answer = (await response.json().catch(() => ({}))) as T & Problem;
    if (response.ok) return answer;
    const issues = (answer.errors ?? []).map(({ detail, pointer }) => ({
      text: detail,
      ...(pointer === undefined ? {} : { expression: pointer }),
    }));
    throw new Failure(
      kindOf(response.status),
      answer.detail ?? `${this.service} answers with status ${response.status}`,
      issues.length === 0 ? {} : { issues },
    );
  }

  #tokensOf(organisation: Ura): ProfessionalTokens {
    const { installation, scope } = this;
    const known = this.#tokens.get(organisation);
    if (known !== undefined) return known;
    const tokens = new ProfessionalTokens({
      issuer: installation.urlOf('authorisation-server'),
      clientId: installation.clientId,
      clientKey: installation.clientKey(),
      organisation,
      scope,
    });
    this.#tokens.set(organisation, tokens);
    return tokens;
  }
}

function kindOf(status: number): FailureKind {
  const kinds = Object.keys(failureKinds) as FailureKind[];
  return kinds.find((kind) => failureKinds[kind].status === status) ?? 'upstream';
}
