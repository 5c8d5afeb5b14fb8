import { Failure } from '@samenhang/errors';
import {
  decodeBase64,
  decodeElement,
  decodeScalar,
  OprfError,
  publicKeyOf,
  type GroupElement,
  type VerifiableEvaluation,
} from '@samenhang/oprf';
import { type HsmConnection, hsmConcurrency, type HsmAnswer } from './hsm-connection.js';
import { KeyAbsentError, type OprfKeyStore } from './key-store.js';

const OBJECT_TYPE = 'SECRET_KEY';
/** The group's generator: the element that the scalar one makes. */
const generator = publicKeyOf(decodeScalar(Uint8Array.of(1, ...new Uint8Array(31))));

/**
 * Keys in a hardware module, by the HTTP interface that the national reference implementation speaks. A key is never made up
 * for one that is absent, and what the module answers is believed only when it is an element of the group.
 */
export class HsmKeyStore implements OprfKeyStore {
  /** The interface evaluates; it has no operation that proves. */
  readonly offersProofs = false;

  constructor(private readonly connection: HsmConnection) {}

  async has(label: string): Promise<boolean> {
    const answer = await this.connection.post('', { label, objtype: OBJECT_TYPE });
    if (answer.status === 404) return false;
    const { objects } = assertDone(answer).body;
    if (!Array.isArray(objects)) throw new Failure('upstream', 'The hardware module names no objects');
    return objects.length > 0;
  }

  async generate(label: string): Promise<void> {
    // The interface itself does not promise to refuse a label that is taken.
    if (await this.has(label)) throw new Failure('conflict', 'The label is taken');
    assertDone(await this.connection.post('/generate/oprf', { label }));
    if (!(await this.has(label))) throw new Failure('upstream', 'The hardware module made no key');
  }

  /** One request an element: the interface knows no lists. Several run at one time. */
  async evaluate(label: string, elements: readonly GroupElement[]): Promise<readonly GroupElement[]> {
    const results = new Map<number, GroupElement>();
    const positions = elements.entries();
    const lane = async (): Promise<void> => {
      for (const [index, element] of positions) results.set(index, await this.#evaluateOne(label, element));
    };
    await Promise.all(Array.from({ length: Math.min(hsmConcurrency, elements.length) }, lane));
    return [...results].sort(([one], [other]) => one - other).map(([, element]) => element);
  }

  evaluateVerifiably(): Promise<VerifiableEvaluation> {
    return Promise.reject(new Failure('invalid', 'The key store offers no proofs'));
  }

  /** The key times the generator is what is published of it. */
  publicKey(label: string): Promise<GroupElement> {
    return this.#evaluateOne(label, generator);
  }

  async destroy(label: string): Promise<void> {
    const answer = await this.connection.post('/destroy', { label, objtype: OBJECT_TYPE });
    if (answer.status !== 404) assertDone(answer);
    if (await this.has(label)) throw new Failure('upstream', 'The hardware module still has the key');
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  async #evaluateOne(label: string, element: GroupElement): Promise<GroupElement> {
    const point = Buffer.from(element).toString('base64');
    const answer = await this.connection.post('/oprf/evaluate', { label, blinded_point: point });
    if (answer.status === 404) throw new KeyAbsentError();
    const { result } = assertDone(answer).body;
    try {
      return decodeElement(decodeBase64(String(result)));
    } catch (cause) {
      if (!(cause instanceof OprfError)) throw cause;
      throw new Failure('upstream', 'The hardware module gave no element', { cause });
    }
  }
}

function assertDone(answer: HsmAnswer): HsmAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Failure('upstream', `The hardware module refuses with status ${answer.status}`);
}
