import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@samenhang/errors';
import {
  decodeScalar,
  evaluateVerifiably,
  generateKey,
  publicKeyOf,
  type GroupElement,
  type GroupScalar,
  type VerifiableEvaluation,
} from '@samenhang/oprf';
import { closeEnvelope, openEnvelope, type Envelope } from './envelope.js';
import { eraseFile, syncDirectory } from './erase-file.js';
import { MultiplicationThreads } from './multiplication-threads.js';
import { KeyAbsentError, provisionedLabel, type OprfKeyStore } from './key-store.js';

export interface FileKeyStoreSettings {
  /** One envelope per key, `<label>.json`. */
  readonly directory: string;
  /** 32 bytes, base64. Without it only the provisioned key can be used, and none be made. */
  readonly keyEncryptionKey: string | undefined;
  /** The secret file that may hold the provisioned key as `oprfKey`. */
  readonly secretFile: string;
  /** For long lists of elements; none when left out. */
  readonly threads?: number;
}

interface Cached {
  readonly key: GroupScalar;
  readonly until: number;
}

const LABEL = /^[a-z0-9-]{1,64}$/;
const KEY_BYTES = 32;
/** How long a key stays in memory without its file being read again: another instance may have destroyed it. */
const CACHE_MS = 10_000;

/** Keys in files, under envelope encryption: the default where there is no hardware module. */
export class FileKeyStore implements OprfKeyStore {
  readonly offersProofs = true;
  readonly #cache = new Map<string, Cached>();
  readonly #threads: MultiplicationThreads;

  constructor(private readonly settings: FileKeyStoreSettings) {
    this.#threads = new MultiplicationThreads(settings.threads ?? 0);
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  async has(label: string): Promise<boolean> {
    return (await this.#read(label)) !== undefined;
  }

  async generate(label: string): Promise<void> {
    const file = this.#fileOf(label);
    const key = generateKey();
    const envelope = closeEnvelope(label, key, this.#keyEncryptionKey());
    key.fill(0);
    await mkdir(this.settings.directory, { recursive: true, mode: 0o700 });
    // `wx`: a label that is taken is never written over.
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(envelope));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncDirectory(this.settings.directory);
  }

  async evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]> {
    return this.#threads.multiply(await this.#key(label), elements);
  }

  async evaluateVerifiably(label: string, elements: readonly GroupElement[]): Promise<VerifiableEvaluation> {
    return evaluateVerifiably(await this.#key(label), elements);
  }

  async publicKey(label: string): Promise<GroupElement> {
    return publicKeyOf(await this.#key(label));
  }

  async destroy(label: string): Promise<void> {
    this.#cache.get(label)?.key.fill(0);
    this.#cache.delete(label);
    if (label === provisionedLabel) return this.#destroyProvisioned();
    await eraseFile(this.#fileOf(label)).catch(ignoreAbsence);
  }

  async #key(label: string): Promise<GroupScalar> {
    const cached = this.#cache.get(label);
    if (cached !== undefined && cached.until > Date.now()) return cached.key;
    const key = await this.#read(label);
    cached?.key.fill(0);
    this.#cache.delete(label);
    if (key === undefined) throw new KeyAbsentError();
    this.#cache.set(label, { key, until: Date.now() + CACHE_MS });
    return key;
  }

  async #read(label: string): Promise<GroupScalar | undefined> {
    if (label === provisionedLabel) {
      const { oprfKey } = await this.#readSecret();
      return typeof oprfKey === 'string'
        ? decodeScalar(new Uint8Array(Buffer.from(oprfKey, 'hex')))
        : undefined;
    }
    const text = await readFile(this.#fileOf(label), 'utf8').catch(ignoreAbsence);
    if (text === undefined) return undefined;
    const opened = openEnvelope(JSON.parse(text) as Envelope, label, this.#keyEncryptionKey());
    // A copy of its own: small buffers of Node share one memory pool.
    const key = decodeScalar(Uint8Array.from(opened));
    opened.fill(0);
    return key;
  }

  /** Writes the secret anew without the key, and overwrites the file that held it. */
  async #destroyProvisioned(): Promise<void> {
    const { secretFile } = this.settings;
    const { oprfKey, ...rest } = await this.#readSecret();
    if (oprfKey === undefined) return;
    const replaced = `${secretFile}.destroyed`;
    const next = `${secretFile}.next`;
    const handle = await open(next, 'w', 0o600);
    await handle.writeFile(JSON.stringify(rest, null, 2));
    await handle.sync();
    await handle.close();
    await rename(secretFile, replaced);
    await rename(next, secretFile);
    await eraseFile(replaced);
  }

  async #readSecret(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await readFile(this.settings.secretFile, 'utf8')) as Record<string, unknown>;
  }

  #fileOf(label: string): string {
    if (!LABEL.test(label)) throw new RangeError('A label has lower-case letters, digits and hyphens');
    return join(this.settings.directory, `${label}.json`);
  }

  #keyEncryptionKey(): Buffer {
    const key = Buffer.from(this.settings.keyEncryptionKey ?? '', 'base64');
    if (key.length === KEY_BYTES) return key;
    throw new Failure('unavailable', 'The secret pseudonymisation has no keyEncryptionKey of 32 bytes');
  }
}

function ignoreAbsence(error: unknown): undefined {
  if ((error as { code?: unknown } | null)?.code === 'ENOENT') return undefined;
  throw error;
}
