import type { GroupElement, VerifiableEvaluation } from '@samenhang/oprf';

/**
 * Where OPRF keys live and are applied. Shaped like PKCS#11, so that a hardware module fits behind it: objects are found
 * by their label, made inside, used inside, destroyed inside, and never come out.
 *
 * | here | PKCS#11 |
 * |---|---|
 * | `has` | C_FindObjects with CKA_LABEL |
 * | `generate` | C_GenerateKey, CKA_SENSITIVE and not CKA_EXTRACTABLE |
 * | `evaluate` | C_DeriveKey by the vendor's mechanism for ristretto255 (or a module of its own inside) |
 * | `publicKey` | C_GetAttributeValue of the public half |
 * | `destroy` | C_DestroyObject |
 */
export interface OprfKeyStore {
  has(label: string): Promise<boolean>;
  /** Makes a new random key under a label that is free. Nothing else ever makes a key. */
  generate(label: string): Promise<void>;
  /** Multiplies each element by the key. @throws KeyAbsentError: never makes up for a key that is not there */
  evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]>;
  /** As `evaluate`, with a proof about the masked key: key and mask are multiplied inside. @throws KeyAbsentError */
  evaluateVerifiably(label: string, elements: readonly GroupElement[]): Promise<VerifiableEvaluation>;
  /** What is published of a key. @throws KeyAbsentError */
  publicKey(label: string): Promise<GroupElement>;
  /** After this no copy is left that this store knows of. Repeating it is no fault. */
  destroy(label: string): Promise<void>;
  /** Releases threads and connections. */
  close(): Promise<void>;
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
