import {
  evaluate,
  evaluateVerifiably,
  generateKey,
  publicKeyOf,
  type GroupElement,
  type GroupScalar,
  type VerifiableEvaluation,
} from '@samenhang/oprf';
import { KeyAbsentError, type OprfKeyStore } from '../src/keys/key-store.js';

/** As a hardware module behaves: labels outside, keys inside. */
export class MemoryKeyStore implements OprfKeyStore {
  readonly offersProofs = true;
  readonly #keys = new Map<string, GroupScalar>();

  has(label: string): Promise<boolean> {
    return Promise.resolve(this.#keys.has(label));
  }

  generate(label: string): Promise<void> {
    if (this.#keys.has(label)) return Promise.reject(new Error('The label is taken'));
    this.#keys.set(label, generateKey());
    return Promise.resolve();
  }

  async evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]> {
    const key = await this.#key(label);
    return elements.map((element) => evaluate(key, element));
  }

  async evaluateVerifiably(label: string, elements: readonly GroupElement[]): Promise<VerifiableEvaluation> {
    return evaluateVerifiably(await this.#key(label), elements);
  }

  async publicKey(label: string): Promise<GroupElement> {
    return publicKeyOf(await this.#key(label));
  }

  #key(label: string): Promise<GroupScalar> {
    const key = this.#keys.get(label);
    return key === undefined ? Promise.reject(new KeyAbsentError()) : Promise.resolve(key);
  }

  destroy(label: string): Promise<void> {
    this.#keys.delete(label);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
