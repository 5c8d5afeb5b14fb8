import { evaluate, generateKey, type GroupElement, type GroupScalar } from '@samenhang/oprf';
import { KeyAbsentError, type OprfKeyStore } from '../src/keys/key-store.js';

/** As a hardware module behaves: labels outside, keys inside. */
export class MemoryKeyStore implements OprfKeyStore {
  readonly #keys = new Map<string, GroupScalar>();

  has(label: string): Promise<boolean> {
    return Promise.resolve(this.#keys.has(label));
  }

  generate(label: string): Promise<void> {
    if (this.#keys.has(label)) return Promise.reject(new Error('The label is taken'));
    this.#keys.set(label, generateKey());
    return Promise.resolve();
  }

  evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]> {
    const key = this.#keys.get(label);
    if (key === undefined) return Promise.reject(new KeyAbsentError());
    return Promise.resolve(elements.map((element) => evaluate(key, element)));
  }

  destroy(label: string): Promise<void> {
    this.#keys.delete(label);
    return Promise.resolve();
  }
}
