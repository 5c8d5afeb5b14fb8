import { Failure, failureKinds, type FailureKind } from '@samenhang/errors';
import type { Ura } from '@samenhang/data-model';
import { authorisedFetch, type AccessTokens, type Scope } from '@samenhang/identity';
import type { ServiceName } from '@samenhang/service-kit';

/** A call that the pages of a portal may make to a service, on behalf of the organisation of who signed in. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Of the portal, below `/api`. */
  readonly path: string;
  readonly service: ServiceName;
  readonly scope: Scope;
  /** Of the service; `:ura` is the organisation's own, other names as in `path`. The query string goes along. */
  readonly target: string;
}

export interface Asked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Calls services in the name of an organisation, with tokens that stay in this process. */
export class ServiceCalls {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly urlOf: (service: ServiceName) => string,
  ) {}

  /** @returns the service's JSON; undefined when it has no content. @throws Failure as the service refused */
  async make(call: Call, organisation: Ura, asked: Asked): Promise<unknown> {
    const response = await this.open(call, organisation, asked);
    return response.status === 204 ? undefined : ((await response.json()) as unknown);
  }

  /** For what is no JSON, such as a file. @returns the service's answer, which is a good one. @throws Failure */
  async open(call: Call, organisation: Ura, asked: Asked): Promise<Response> {
    const base = this.urlOf(call.service);
    const token = await this.tokens.clientCredentials({ audience: base, scope: call.scope, organisation });
    const url = new URL(`${base}${fill(call.target, { ...asked.parameters, ura: organisation })}`);
    for (const [name, value] of Object.entries(asked.query)) url.searchParams.set(name, value);
    const hasBody = call.method !== 'GET' && asked.body !== undefined && asked.body !== null;
    const response = await authorisedFetch(token, url, {
      method: call.method,
      timeoutMs: 60_000,
      ...(hasBody
        ? { body: JSON.stringify(asked.body), headers: { 'content-type': 'application/json' } }
        : {}),
    }).catch((cause: unknown) => {
      throw new Failure('unavailable', `${call.service} cannot be reached`, { cause });
    });
    if (!response.ok) throw await failureOf(response, call.service);
    return response;
  }
}

/** A parameter stays within its place of the path. */
function fill(target: string, parameters: Readonly<Record<string, string>>): string {
  return target.replace(/:([a-z]+)/gi, (_, name: string) => {
    const value = parameters[name] ?? '';
    if (value === '' || value === '.' || value === '..')
      throw new Failure('not-found', 'There is nothing here');
    return encodeURIComponent(value);
  });
}

async function failureOf(response: Response, service: ServiceName): Promise<Failure> {
  const problem = (await response.json().catch(() => ({}))) as {
    detail?: string;
    errors?: { detail: string; pointer?: string }[];
  };
  const kinds = Object.keys(failureKinds) as FailureKind[];
  // That the portal's own token is refused is not the reader's to mend by signing in again.
  const kind =
    response.status === 401
      ? 'upstream'
      : (kinds.find((name) => failureKinds[name].status === response.status) ?? 'upstream');
  const issues = (problem.errors ?? []).map(({ detail, pointer }) => ({
    text: detail,
    ...(pointer === undefined ? {} : { expression: pointer }),
  }));
  return new Failure(
    kind,
    problem.detail ?? `${service} answers with status ${String(response.status)}`,
    issues.length === 0 ? {} : { issues },
  );
}
