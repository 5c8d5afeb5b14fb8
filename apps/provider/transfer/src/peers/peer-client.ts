import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure, type FailureKind } from '@samenhang/errors';
import { AccessTokens, authorisedFetch, type AuthorisedRequest, type BoundToken } from '@samenhang/identity';
import { AddressBookClient, exchangeCapabilitySystem } from '@samenhang/localisation';
import { guardedAgent, ServerPolicy, ServiceEnvironment } from '@samenhang/service-kit';
import { Dispatcher1Wrapper, type Agent } from 'undici';
import { TransferConfiguration } from '../transfer.configuration.js';

/** What an endpoint in the address book must be for; the two directions of a transfer may be at different servers. */
export const capabilities = { sender: 'transfer-sender', receiver: 'transfer-receiver' } as const;
export { exchangeCapabilitySystem };

export interface PeerRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the peer's base. */
  readonly path: string;
  readonly body?: string;
  readonly ifMatch?: string;
  readonly authorizationBase?: string;
}

export interface PeerAnswer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | undefined;
}

type FetchDispatcher = NonNullable<RequestInit['dispatcher']>;

export const AUTHORIZATION_BASE = 'x-authorization-base';
const TIMEOUT_MS = 15_000;

/**
 * The transfer services of other care providers. Where they are is asked of the address book only, never taken from what
 * another sent, and goes no further than the deployment's list of servers.
 */
@Injectable()
export class PeerClient implements OnModuleDestroy {
  readonly #policy: ServerPolicy;
  readonly #agent: Agent;
  readonly #dispatcher: FetchDispatcher;
  readonly #book: AddressBookClient<BoundToken>;

  constructor(
    private readonly environment: ServiceEnvironment,
    private readonly configuration: TransferConfiguration,
    private readonly tokens: AccessTokens,
  ) {
    this.#policy = new ServerPolicy(configuration.transferServers);
    environment.outside.countOthers('transfer-peers');
    this.#agent = guardedAgent(this.#policy, TIMEOUT_MS);
    // The `fetch` of Node is of an older undici, whose types differ from those of the package.
    this.#dispatcher = new Dispatcher1Wrapper(this.#agent) as unknown as FetchDispatcher;
    this.#book = new AddressBookClient<BoundToken>({
      addressBookUrl: environment.serviceUrl('address-book'),
      tokens,
      send: authorisedFetch,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#agent.destroy();
  }

  /**
   * The base of a care provider's transfer service.
   * @throws Failure('not-found') when the address book has no endpoint of it that holds now
   */
  async baseOf(ura: Ura, capability: keyof typeof capabilities): Promise<string> {
    const endpoint = await ownAccess(
      this.#book.endpointOf(ura, {
        connectionType: 'hl7-fhir-rest',
        mimeType: 'application/fhir+json; fhirVersion=4.0',
        payloadType: capabilities[capability],
      }),
    );
    if (endpoint === undefined)
      throw new Failure('not-found', 'The care provider has no endpoint for transfers in the address book');
    return endpoint.address;
  }

  /** @throws Failure of the kind that says what to do: wait, or not try again */
  async ask(tenant: Ura, base: string, request: PeerRequest): Promise<PeerAnswer> {
    const url = `${base}/${request.path}`;
    const dispatcher = this.#wayTo(url);
    const token = await ownAccess(
      this.tokens.clientCredentials({
        audience: base,
        scope: 'transfer:exchange',
        organisation: tenant,
      }),
    );
    const options: AuthorisedRequest = {
      method: request.method,
      timeoutMs: TIMEOUT_MS,
      headers: headersOf(request),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    };
    try {
      const response = await authorisedFetch(token, url, options);
      const text = await readLimited(response, this.configuration.transferMaximumBytes);
      if (response.ok)
        return { status: response.status, text, etag: response.headers.get('etag') ?? undefined };
      throw refusalOf(response.status);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const isLate = cause instanceof Error && cause.name === 'TimeoutError';
      throw new Failure(
        isLate ? 'timeout' : 'unavailable',
        isLate
          ? 'The other care provider did not answer in time'
          : 'The other care provider cannot be reached',
        { cause },
      );
    }
  }

  /** The guarded way out; this service itself, for another of its tenants, is reached without it. */
  #wayTo(url: string): FetchDispatcher | undefined {
    if (URL.canParse(url) && new URL(url).origin === new URL(this.environment.publicUrl).origin)
      return undefined;
    const refusal = this.#policy.findRefusal(url);
    if (refusal !== undefined) throw new Failure('forbidden', `The address of the care provider ${refusal}`);
    return this.#dispatcher;
  }
}

/** That this service gets no token, or may not ask, is no refusal by the other care provider: it waits until that is mended. */
async function ownAccess<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (cause) {
    if (cause instanceof Failure && cause.kind === 'forbidden')
      throw new Failure('unavailable', cause.message, { cause });
    throw cause;
  }
}

function headersOf({ body, ifMatch, authorizationBase }: PeerRequest): Record<string, string> {
  return {
    accept: 'application/fhir+json',
    ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(authorizationBase === undefined ? {} : { [AUTHORIZATION_BASE]: authorizationBase }),
  };
}

const kinds: Readonly<Record<number, FailureKind>> = {
  400: 'invalid',
  // Of a token or proof, such as one that a moved clock made old: another one may do.
  401: 'unavailable',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'not-found',
  412: 'precondition-failed',
  413: 'too-large',
  422: 'invalid',
  429: 'too-many',
};

/** What another answers is not quoted: it might hold data of the patient. */
function refusalOf(status: number): Failure {
  const kind = kinds[status] ?? (status >= 500 ? 'upstream' : 'invalid');
  return new Failure(kind, `The other care provider answers with status ${status}`);
}

/** Whether another attempt may succeed without anybody changing what is asked. */
export function mayPass(error: unknown): boolean {
  const waiting: readonly string[] = ['unavailable', 'timeout', 'upstream', 'too-many', 'internal'];
  return !(error instanceof Failure) || waiting.includes(error.kind);
}

async function readLimited(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > most) throw new Failure('too-large', 'The answer of the other care provider is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
