import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { createSigningKey } from '@samenhang/identity';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import type { SigningKeyStore, StoredKey } from './signing-key-store.js';

const LOOK_INTERVAL_MS = 1_000;

interface OpenedKey extends StoredKey {
  readonly signer: KeyObject;
  readonly verifier: KeyObject;
}

/**
 * The signing keys as this instance knows them. They change while it runs: each second it looks whether there is another
 * to sign with. A key is published before it signs, and for as long as a token of it may live.
 */
export class SigningKeys {
  #keys: readonly OpenedKey[] = [];
  #published: JSONWebKeySet = { keys: [] };
  #verify: JWTVerifyGetKey = createLocalJWKSet(this.#published);
  readonly #looking: NodeJS.Timeout;

  private constructor(
    private readonly store: SigningKeyStore,
    onFailure: (error: unknown) => void,
  ) {
    this.#looking = setInterval(() => {
      // Without the database the keys known last sign on.
      this.look().catch(onFailure);
    }, LOOK_INTERVAL_MS).unref();
  }

  static async start(store: SigningKeyStore, onFailure: (error: unknown) => void): Promise<SigningKeys> {
    const keys = new SigningKeys(store, onFailure);
    await keys.look();
    return keys;
  }

  get published(): JSONWebKeySet {
    return this.#published;
  }

  /** Finds the key of a token by its header. */
  readonly verificationKeys: JWTVerifyGetKey = (header, token) => this.#verify(header, token);

  list(): Promise<StoredKey[]> {
    return this.store.all();
  }

  /** @returns the key that will take over, or undefined when one is about to already */
  async rotate(leadSeconds: number): Promise<StoredKey | undefined> {
    const added = await this.store.add(await createSigningKey(), leadSeconds);
    await this.look();
    return added;
  }

  async look(): Promise<void> {
    const stored = await this.store.all();
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    this.#keys = stored.map((key) => ({ ...open(key, known.get(key.kid)), ...key }));
    this.#published = { keys: stored.map(({ publicKey }) => publicKey) };
    this.#verify = createLocalJWKSet(this.#published);
  }

  /** @throws Error when there is none, which is never so after the start */
  current(): OpenedKey {
    const current = this.#keys.find(({ age }) => age === 'current') ?? this.#keys.at(-1);
    if (current === undefined) throw new Error('There is no signing key');
    return current;
  }

  find(kid: string): OpenedKey | undefined {
    return this.#keys.find((key) => key.kid === kid);
  }

  onModuleDestroy(): void {
    clearInterval(this.#looking);
  }
}

function open(key: StoredKey, known: OpenedKey | undefined): { signer: KeyObject; verifier: KeyObject } {
  return (
    known ?? {
      signer: createPrivateKey({ key: { ...key.privateKey }, format: 'jwk' }),
      verifier: createPublicKey({ key: { ...key.publicKey }, format: 'jwk' }),
    }
  );
}

/** What the library signs with: always the key that is current. */
export class CurrentSigningKey extends ExternalSigningKey {
  constructor(private readonly keys: SigningKeys) {
    super();
  }

  override get kid(): string {
    return this.keys.current().kid;
  }

  /** The library names a key it finds without a name; this one has one. */
  override set kid(_kid: string) {
    throw new Error('The name of the key is that of the current one');
  }

  override get alg(): 'ES256' {
    return 'ES256';
  }

  override keyObject(): KeyObject {
    return this.keys.current().verifier;
  }

  /** With the key that the header names: another may have become current since it was written. */
  override sign(data: Uint8Array): Uint8Array {
    const [header = ''] = Buffer.from(data).toString('latin1').split('.', 1);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const { signer } = this.keys.find(kid) ?? this.keys.current();
    return sign('sha256', data, { key: signer, dsaEncoding: 'ieee-p1363' });
  }
}
