import { guardedAgent, ServerPolicy } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { fetch, type Agent } from 'undici';
import { PresentationError } from './presentation-error.js';

const TIMEOUT_MS = 3_000;
const MAXIMUM_BYTES = 100_000;
const KEPT_MS = 60_000;
const CAPACITY = 1_000;
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

/** What a key of a DID may be used for. */
export type KeyPurpose = 'authentication' | 'assertionMethod';

interface DidDocument {
  readonly id?: unknown;
  readonly verificationMethod?: unknown;
  readonly authentication?: unknown;
  readonly assertionMethod?: unknown;
}

interface VerificationMethod {
  readonly id?: unknown;
  readonly publicKeyJwk?: JWK;
}

/**
 * Documents of `did:web`, fetched from where the DID says: over https, at public addresses or those the deployment lists,
 * without redirects, and kept for a minute.
 */
export class DidWebDocuments {
  readonly #policy: ServerPolicy;
  readonly #agent: Agent;
  readonly #known = new Map<string, { readonly document: Promise<DidDocument>; readonly until: number }>();

  /** @param servers that DIDs may be on; empty: any public one */
  constructor(servers: string) {
    this.#policy = new ServerPolicy(servers);
    this.#agent = guardedAgent(this.#policy, TIMEOUT_MS);
  }

  /** @throws PresentationError */
  async findKey(did: string, keyId: string, purpose: KeyPurpose): Promise<JWK> {
    const document = await this.#document(did);
    if (document.id !== did) throw new PresentationError('the document of its signer is of another');
    const methods = listOf(document.verificationMethod) as readonly VerificationMethod[];
    const method = methods.find(({ id }) => absolute(id, did) === keyId);
    const isFor = listOf(document[purpose]).some((reference) => absolute(reference, did) === keyId);
    if (method?.publicKeyJwk === undefined || !isFor)
      throw new PresentationError('its signer has no such key for this');
    return method.publicKeyJwk;
  }

  async onModuleDestroy(): Promise<void> {
    await this.#agent.destroy();
  }

  #document(did: string): Promise<DidDocument> {
    const known = this.#known.get(did);
    if (known !== undefined && known.until > performance.now()) return known.document;
    if (this.#known.size >= CAPACITY) this.#known.clear();
    const address = documentAddress(did);
    if (address === undefined) throw new PresentationError('its signer is no did:web');
    const document = this.#fetch(address);
    this.#known.set(did, { document, until: performance.now() + KEPT_MS });
    // What failed is asked for again.
    document.catch(() => this.#known.delete(did));
    return document;
  }

  async #fetch(address: string): Promise<DidDocument> {
    if (this.#policy.findRefusal(address) !== undefined)
      throw new PresentationError('its signer is at an address that is not called');
    try {
      const response = await fetch(address, {
        dispatcher: this.#agent,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        if (text.length > MAXIMUM_BYTES) throw new RangeError('too long');
      }
      if (!response.ok) throw new RangeError('not found');
      return (JSON.parse(text) ?? {}) as DidDocument;
    } catch (cause) {
      throw new PresentationError('the document of its signer cannot be had', { cause });
    }
  }
}

/** `did:web:host%3Aport:path` (W3C CCG did:web section 2.5.2). On this machine there is no TLS, and nobody else is. */
export function documentAddress(did: string): string | undefined {
  const [host = '', ...path] = did.slice('did:web:'.length).split(':');
  const server = host.replace(/%3A/i, ':');
  if (!/^[\w.-]+(:\d+)?$/.test(server) || !path.every((part) => /^[\w.~-]+$/.test(part))) return undefined;
  const scheme = LOOPBACK.test(server) ? 'http' : 'https';
  const folder = path.length === 0 ? '.well-known' : path.join('/');
  return `${scheme}://${server}/${folder}/did.json`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A reference may leave out the DID; a method that stands in a purpose itself is found by its id. */
function absolute(reference: unknown, did: string): string | undefined {
  const id =
    typeof reference === 'object' && reference !== null ? (reference as { id?: unknown }).id : reference;
  if (typeof id !== 'string') return undefined;
  return id.startsWith('#') ? `${did}${id}` : id;
}
