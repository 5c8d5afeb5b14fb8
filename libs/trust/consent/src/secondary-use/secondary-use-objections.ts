import { decodeBase64, decodeElement, encodeBase64Url } from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';
import { readObjections, type ObjectionsRequest } from './objections-answer.js';
import { blindPerson, toObjectionPseudonym } from './objection-pseudonym.js';

/** The most persons that the register evaluates in one request. */
export const maximumBlindedPersons = 500;

/**
 * Who of a holder's patients objects to secondary use (EHDS, article 71). The register is not told who is asked about: the
 * holder has its patients named blindly, once, and compares them with the list of those who object, of which it keeps
 * a copy that each question brings up to date first. What cannot be learnt is thrown, never taken for a yes.
 */
export class SecondaryUseObjections {
  readonly #objecting = new Set<string>();
  readonly #names = new Map<Bsn, string>();
  #revision = 0;

  /** @param ask sends a request to `POST /secondary-use/objections/_search` and returns the JSON of a 200 */
  constructor(private readonly ask: (request: ObjectionsRequest) => Promise<unknown>) {}

  /** @throws what `ask` throws, and Failure('upstream') for an answer that cannot be read */
  async whoObjects(patients: readonly Bsn[]): Promise<ReadonlySet<Bsn>> {
    const unnamed = [...new Set(patients)].filter((patient) => !this.#names.has(patient));
    for (let start = 0; start < unnamed.length; start += maximumBlindedPersons)
      await this.#nameAll(unnamed.slice(start, start + maximumBlindedPersons));
    let more = true;
    while (more) more = await this.#update([]);
    return new Set(patients.filter((patient) => this.#objecting.has(this.#names.get(patient) ?? '')));
  }

  async #nameAll(patients: readonly Bsn[]): Promise<void> {
    const persons = patients.map((patient) => ({ patient, ...blindPerson(patient) }));
    await this.#update(
      persons.map(({ blindedElement }) => encodeBase64Url(blindedElement)),
      (evaluated) => {
        for (const [index, { patient, ...person }] of persons.entries()) {
          const element = decodeElement(decodeBase64(evaluated[index] ?? ''));
          this.#names.set(patient, toObjectionPseudonym(person, element));
        }
      },
    );
  }

  /** @returns whether there is more to be had */
  async #update(
    blinded: readonly string[],
    take: (evaluated: readonly string[]) => void = () => undefined,
  ): Promise<boolean> {
    const since = this.#revision;
    const answer = readObjections(await this.ask({ blinded, since }), blinded.length, since);
    take(answer.evaluated);
    // Another question may have been answered meanwhile: what is older than what is known changes nothing.
    if (answer.revision < this.#revision) return answer.more;
    for (const { pseudonym, objects } of answer.objections) {
      if (objects) this.#objecting.add(pseudonym);
      else this.#objecting.delete(pseudonym);
    }
    this.#revision = answer.revision;
    return answer.more;
  }
}
