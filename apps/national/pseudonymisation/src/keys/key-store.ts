import type { GroupElement } from '@samenhang/oprf';

/**
 * Where OPRF keys live and are applied. Shaped like PKCS#11, so that a hardware module fits behind it: objects are found
 * by their label, made inside, used inside, destroyed inside, and never come out.
 *
 * | here | PKCS#11 |
 * |---|---|
 * | `has` | C_FindObjects with CKA_LABEL |
 * | `generate` | C_GenerateKey, CKA_SENSITIVE and not CKA_EXTRACTABLE |
 * | `evaluate` | C_DeriveKey by the vendor's mechanism for ristretto255 (or a module of its own inside) |
 * | `destroy` | C_DestroyObject |
 */
export interface OprfKeyStore {
  has(label: string): Promise<boolean>;
  /** Makes a new random key under a label that is free. Nothing else ever makes a key. */
  generate(label: string): Promise<void>;
  /** Multiplies each element by the key. @throws KeyAbsentError: never makes up for a key that is not there */
  evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]>;
  /** After this no copy is left that this store knows of. Repeating it is no fault. */
  destroy(label: string): Promise<void>;
}

export const OPRF_KEY_STORE = Symbol('OprfKeyStore');

/** Label of the key that the operator put into the secret `pseudonymisation`: version 1 of the provisioned recipients. */
export const provisionedLabel = 'provisioned';

export class KeyAbsentError extends Error {
  constructor() {
    super('The key store holds no key of this label');
    this.name = 'KeyAbsentError';
  }
}
