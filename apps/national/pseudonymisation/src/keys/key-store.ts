import type { GroupElement, VerifiableEvaluation } from '@samenhang/oprf';

/**
 * Where OPRF keys live and are applied. Shaped like PKCS#11, so that a hardware module fits behind it: objects are found
 * by their label, made inside, used inside, destroyed inside, and never come out. Session, login and slot belong to the
 * adapter: no caller ever chooses them.
 *
 * | here | PKCS#11 (v3.1) | HTTP interface of a module |
 * |---|---|---|
 * | `has` | C_FindObjectsInit/C_FindObjects: CKA_CLASS = CKO_SECRET_KEY, CKA_LABEL | `POST …/{module}/{slot}` |
 * | `generate` | C_GenerateKey: CKA_TOKEN, CKA_SENSITIVE, not CKA_EXTRACTABLE | `POST …/generate/oprf` |
 * | `evaluate` | C_DeriveKey or C_Sign, a vendor's mechanism (no standard one has ristretto255) | `POST …/oprf/evaluate` |
 * | `evaluateVerifiably` | as `evaluate`, by code inside the module only | none: `offersProofs` is false |
 * | `publicKey` | `evaluate` of the generator | the same |
 * | `destroy` | C_DestroyObject | `POST …/destroy` |
 *
 * C_DeriveKey with CKM_ECDH1_DERIVE is no evaluation: it gives a coordinate of a Weierstrass curve, not an element.
 */
export interface OprfKeyStore {
  /** Whether `evaluateVerifiably` is possible. */
  readonly offersProofs: boolean;
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
