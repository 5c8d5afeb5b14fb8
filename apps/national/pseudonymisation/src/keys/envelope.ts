import { randomBytes } from 'node:crypto';
import { seal, unseal, type Sealed } from '@samenhang/persistence';

/** A key at rest: encrypted by a data key of its own, which the key-encryption key wraps. */
export interface Envelope {
  readonly format: 'samenhang-oprf-key/1';
  readonly label: string;
  readonly dataKey: Sealed;
  readonly key: Sealed;
}

const DATA_KEY_BYTES = 32;

export function closeEnvelope(label: string, key: Uint8Array, keyEncryptionKey: Uint8Array): Envelope {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const envelope: Envelope = {
    format: 'samenhang-oprf-key/1',
    label,
    dataKey: seal(dataKey, keyEncryptionKey, `data-key|${label}`),
    key: seal(key, dataKey, `oprf-key|${label}`),
  };
  dataKey.fill(0);
  return envelope;
}

/** @throws when the envelope was changed, is of another label, or of another key-encryption key */
export function openEnvelope(envelope: Envelope, label: string, keyEncryptionKey: Uint8Array): Buffer {
  const dataKey = unseal(envelope.dataKey, keyEncryptionKey, `data-key|${label}`);
  const key = unseal(envelope.key, dataKey, `oprf-key|${label}`);
  dataKey.fill(0);
  return key;
}
