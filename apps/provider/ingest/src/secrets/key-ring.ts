import { randomBytes } from 'node:crypto';
import { seal, unseal, type Sealed } from '@samenhang/persistence';

const KEY_BYTES = 32;

/** The secret `source-secrets.json`: key-encryption keys by id (base64), and which of them seals what is new. */
export interface KeyRingSecret {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** A credential at rest: encrypted by a data key of its own, which a key-encryption key wraps. */
export interface SecretEnvelope {
  readonly format: 'samenhang-source-secret/1';
  readonly keyId: string;
  readonly dataKey: Sealed;
  readonly content: Sealed;
}

/** Seals credentials of sources. The keys are in the deployment's secrets, what they seal is in the database. */
export class SecretKeyRing {
  readonly currentKeyId: string;
  readonly #keys: ReadonlyMap<string, Buffer>;

  /** @throws RangeError when a key is not of 256 bits, or the current one is not there */
  constructor({ current, keys }: KeyRingSecret) {
    this.currentKeyId = current;
    this.#keys = new Map(Object.entries(keys).map(([id, text]) => [id, Buffer.from(text, 'base64')]));
    for (const key of this.#keys.values())
      if (key.length !== KEY_BYTES) throw new RangeError('A key of source-secrets is not of 256 bits');
    if (!this.#keys.has(current)) throw new RangeError('The current key of source-secrets is not there');
  }

  /** `place` is bound to it: an envelope copied to another source does not open there. */
  seal(content: string, place: string): SecretEnvelope {
    const dataKey = randomBytes(KEY_BYTES);
    const envelope: SecretEnvelope = {
      format: 'samenhang-source-secret/1',
      keyId: this.currentKeyId,
      dataKey: seal(dataKey, this.#key(this.currentKeyId), `data-key|${place}`),
      content: seal(Buffer.from(content, 'utf8'), dataKey, `source-secret|${place}`),
    };
    dataKey.fill(0);
    return envelope;
  }

  /** @throws when it was changed, is of another place, or its key is not in the ring */
  open(envelope: SecretEnvelope, place: string): string {
    const dataKey = unseal(envelope.dataKey, this.#key(envelope.keyId), `data-key|${place}`);
    const content = unseal(envelope.content, dataKey, `source-secret|${place}`).toString('utf8');
    dataKey.fill(0);
    return content;
  }

  /** The same credential under the current key: only the data key is wrapped anew. */
  rewrap(envelope: SecretEnvelope, place: string): SecretEnvelope {
    const dataKey = unseal(envelope.dataKey, this.#key(envelope.keyId), `data-key|${place}`);
    const wrapped = seal(dataKey, this.#key(this.currentKeyId), `data-key|${place}`);
    dataKey.fill(0);
    return { ...envelope, keyId: this.currentKeyId, dataKey: wrapped };
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error(`The key ${id} is not in source-secrets`);
    return key;
  }
}
