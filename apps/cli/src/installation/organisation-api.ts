import { ProfessionalTokens, proofHeaders } from '@samenhang/client';
import { findUra, type Ura } from '@samenhang/data-model';
import { Failure, failureKinds, type FailureKind } from '@samenhang/errors';
import type { ServiceName } from '@samenhang/service-kit';
import { CommandFailure, usage } from '../terminal/command-failure.js';
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
    const response = await this.#send(organisation, method, path, content);
    const answer = (await response.json().catch(() => ({}))) as T & Problem;
    if (response.ok) return answer;
    throw this.#refusal(response.status, answer);
  }

  /** A file, as the service gives it. */
  async download(organisation: Ura, path: string): Promise<Buffer> {
    const response = await this.#send(organisation, 'GET', path);
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    throw this.#refusal(response.status, (await response.json().catch(() => ({}))) as Problem);
  }

  async #send(
    organisation: Ura,
    method: string,
    path: string,
    content?: { readonly type: string; readonly text: string },
  ): Promise<Response> {
    const url = `${this.#url}${path}`;
    const token = await this.#tokensOf(organisation).getToken(this.#url);
    const headers = {
      ...(await proofHeaders(token, method, url)),
      ...(content === undefined ? {} : { 'content-type': content.type }),
    };
    const body = content === undefined ? {} : { body: content.text };
    return fetch(url, { method, headers, redirect: 'error', ...body }).catch(() => {
      throw new CommandFailure(`${this.service} at ${this.#url} cannot be reached`);
    });
  }

  #refusal(status: number, answer: Problem): Failure {
    const issues = (answer.errors ?? []).map(({ detail, pointer }) => ({
      text: detail,
      ...(pointer === undefined ? {} : { expression: pointer }),
    }));
    return new Failure(
      kindOf(status),
      answer.detail ?? `${this.service} answers with status ${status}`,
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
