import type { FhirResource } from '@samenhang/data-model';
import type { Usage } from '../installation-under-test.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { changesOf, laboratory, type GeneratedPatient } from './generated-patients.js';
import type { FhirCaller } from './holder-works.js';
import { personsOf, resourcesOf } from './persons.js';

const FHIR = 'application/fhir+json';
const FILLING_AT_ONCE = 4;
const TIMEOUT_MS = 120_000;

/** A HAPI FHIR JPA server that runs already, without any access control. */
export class HapiServer implements FhirCaller {
  readonly isPeer = true;

  /** @param pid of the server, and of its database; what is not given is not counted */
  constructor(
    private readonly base: string,
    private readonly pid?: number,
    private readonly postgresPid?: number,
  ) {}

  get(path: string): Promise<string> {
    return this.#ask(path, {});
  }

  post(path: string, contentType: string, body: string): Promise<string> {
    return this.#ask(path, { method: 'POST', headers: { 'content-type': contentType }, body });
  }

  usage(): Usage {
    const cpuOf = (pid: number | undefined): number => (pid === undefined ? 0 : cpuMsOf(processTree(pid)));
    return { appMs: cpuOf(this.pid), databaseMs: cpuOf(this.postgresPid) };
  }

  /**
   * The same resources as a record with so many copies, a transaction for each person; whom it has already is left out.
   * @returns how many resources that are
   */
  async fill(copies: number): Promise<number> {
    await this.post('', FHIR, transactionOf([laboratory]));
    const waiting = Array.from({ length: copies + 1 }, (_unused, copy) => personsOf(copy)).flat();
    const lane = async (): Promise<void> => {
      for (let person = waiting.shift(); person !== undefined; person = waiting.shift())
        await this.#put(person);
    };
    await Promise.all(Array.from({ length: FILLING_AT_ONCE }, lane));
    return resourcesOf(copies);
  }

  async #put(person: GeneratedPatient): Promise<void> {
    const known = await fetch(`${this.base}/Patient/${person.id}`);
    await known.body?.cancel();
    if (!known.ok) await this.post('', FHIR, transactionOf(changesOf(person)));
  }

  async #ask(path: string, request: RequestInit): Promise<string> {
    const response = await fetch(`${this.base}${path}`, {
      ...request,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  }
}

function transactionOf(changes: ReturnType<typeof changesOf>): string {
  const entry = changes.flatMap((change) =>
    change.action === 'put'
      ? [
          {
            resource: JSON.parse(change.body) as FhirResource,
            request: { method: 'PUT', url: `${change.resourceType}/${change.id}` },
          },
        ]
      : [],
  );
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
}
