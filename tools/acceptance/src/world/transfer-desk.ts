import type { Ura } from '@samenhang/data-model';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { readAll, type Answer } from './fhir.js';
import type { Provider } from './people.js';
import type { World } from './world.js';

interface PeerRequest {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Transfers between care providers: what their own systems do, and what they ask of each other. */
export class TransferDesk {
  readonly #tokens: AccessTokens;

  constructor(private readonly world: World) {
    this.#tokens = new AccessTokens({
      issuer: world.urlOf('authorisation-server'),
      clientId: 'transfer',
      clientKey: () => world.clientKey('transfer'),
    });
  }

  /** A care provider's own system, at its own transfer service. */
  own({ ura }: Provider, method: string, path: string, body?: object): Promise<Answer> {
    return this.world.call('transfer', 'transfer:manage', `/tenants/${ura}/${path}`, {
      method,
      organisation: ura,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The transfer service of one care provider, at that of another. */
  async peer(from: Ura, at: Provider, request: PeerRequest): Promise<Answer> {
    const { method = 'GET', path, body, headers = {} } = request;
    const audience = `${this.world.urlOf('transfer')}/tenants/${at.ura}/fhir`;
    const token = await this.#tokens.clientCredentials({
      audience,
      scope: 'transfer:exchange',
      organisation: from,
    });
    const content =
      body === undefined
        ? { headers: { ...headers } }
        : { headers: { ...headers, 'content-type': 'application/fhir+json' }, body: JSON.stringify(body) };
    return readAll(
      await authorisedFetch(token, `${audience}/${path}`, { method, timeoutMs: 30_000, ...content }),
    );
  }
}
