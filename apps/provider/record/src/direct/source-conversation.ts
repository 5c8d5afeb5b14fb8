import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { isObject, SourceServerError, type FhirServer, type JsonObject } from '@samenhang/fhir-server';
import type { Bsn } from '@samenhang/patient-identity';
import type { SourceQuery } from './bgz-queries.js';
import type { LiveIssue } from './live-issue.js';
import { assertAboutPatient, assertSamePerson, untrusted } from './patient-check.js';

const MAXIMUM_PATIENTS = 5;
const MAXIMUM_PAGES = 50;
const PAGE_SIZE = '200';
const CONCURRENT_QUERIES = 6;

/** What a source said about one patient, as it said it. */
export interface SourceAnswers {
  /** By `Type/id` at the source; first the Patients. */
  readonly resources: ReadonlyMap<string, JsonObject>;
  readonly issues: readonly LiveIssue[];
}

export interface ConversationLimits {
  readonly signal: AbortSignal;
  readonly maximumBytes: number;
}

interface FirstPage {
  readonly url: string;
  /** Sent by POST. */
  readonly form?: Readonly<Record<string, string>>;
}

/**
 * Asks the server of a care provider for the BgZ of one person, search by search. What fails is named, and leaves the others
 * standing; who the patient is must be answered.
 * @throws Failure when the server cannot be asked at all, gives another patient, or sends too much
 */
export class SourceConversation {
  readonly #resources = new Map<string, JsonObject>();
  readonly #issues: LiveIssue[] = [];
  #bytes = 0;

  constructor(
    private readonly server: FhirServer,
    private readonly limits: ConversationLimits,
  ) {}

  async ask(bsn: Bsn, queries: readonly SourceQuery[]): Promise<SourceAnswers> {
    const patients = await this.#findPatients(bsn);
    const asked = patients.flatMap((id) => queries.map((query) => ({ id, query })));
    let failed = 0;
    const next = asked.values();
    const work = async (): Promise<void> => {
      for (const { id, query } of next) if (!(await this.#query(id, query))) failed += 1;
    };
    await Promise.all(Array.from({ length: CONCURRENT_QUERIES }, work));
    if (asked.length > 0 && failed === asked.length) throw this.#unreachable();
    for (const resource of this.#resources.values()) assertAboutPatient(resource, bsn, patients);
    return { resources: this.#resources, issues: this.#issues };
  }

  /** By POST: a BSN is in no URL, at no server. */
  async #findPatients(bsn: Bsn): Promise<string[]> {
    const form = {
      identifier: `${identifierSystems.bsn}|${bsn}`,
      _include: 'Patient:general-practitioner',
    };
    try {
      await this.#readPages({ url: this.server.urlOf('Patient/_search'), form });
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw this.#unreachable(cause);
    }
    const patients = this.#patients();
    if (patients.length > MAXIMUM_PATIENTS) throw untrusted('The source knows too many patients by one BSN');
    for (const patient of patients) assertSamePerson(patient, bsn);
    return patients.map(({ id }) => String(id));
  }

  #patients(): JsonObject[] {
    return [...this.#resources.values()].filter(({ resourceType }) => resourceType === 'Patient');
  }

  /** @returns whether the source answered, if only that it has no such search */
  async #query(
    patientId: string,
    { type, category, path, parameters, patientParameter }: SourceQuery,
  ): Promise<boolean> {
    const ofPatient = [
      ...parameters,
      [patientParameter, `Patient/${patientId}`],
      ['_count', PAGE_SIZE],
    ] as const;
    const note = (code: LiveIssue['code']): void => {
      const isKnown = this.#issues.some(
        (issue) => issue.type === type && issue.category === category && issue.code === code,
      );
      if (!isKnown) this.#issues.push({ type, category, code });
    };
    try {
      await this.#readPages({ url: this.server.urlOf(path, ofPatient) });
      return true;
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const code = codeOf(cause, this.limits.signal);
      // All there is of it holds what is newest of each code.
      if (code === 'not-supported' && path.endsWith('/$lastn'))
        return this.#query(patientId, { type, category, path: type, parameters, patientParameter });
      note(code);
      return code === 'not-supported';
    }
  }

  async #readPages({ url: first, form: firstForm }: FirstPage): Promise<void> {
    const spend = (bytes: number): void => this.#spend(bytes);
    const visited = new Set<string>();
    let url: string | undefined = first;
    let form = firstForm;
    const found: JsonObject[] = [];
    while (url !== undefined) {
      if (visited.has(url) || visited.size >= MAXIMUM_PAGES)
        throw untrusted('The pages of the source do not end');
      visited.add(url);
      const bundle = await this.server.readBundle(url, this.limits.signal, {
        spend,
        ...(form === undefined ? {} : { form }),
      });
      found.push(...resourcesOf(bundle));
      url = this.server.findNext(bundle);
      form = undefined;
    }
    // Only once all of it is there: half of a search is not told from the whole.
    for (const resource of found) {
      const name = `${String(resource['resourceType'])}/${String(resource['id'])}`;
      if (!this.#resources.has(name)) this.#resources.set(name, resource);
    }
  }

  #spend(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.limits.maximumBytes)
      throw untrusted('The source sends more about one patient than it may');
  }

  #unreachable(cause?: unknown): Failure {
    return this.limits.signal.aborted
      ? new Failure('timeout', "The care provider's own server did not answer in time", { cause })
      : new Failure('unavailable', "The care provider's own server cannot be asked now", {
          cause,
          retryAfterSeconds: 5,
        });
  }
}

function codeOf(cause: unknown, signal: AbortSignal): LiveIssue['code'] {
  if (signal.aborted) return 'timeout';
  const status = cause instanceof SourceServerError ? cause.status : undefined;
  if (status === 401 || status === 403) return 'forbidden';
  return status === 400 || status === 404 || status === 405 || status === 501 ? 'not-supported' : 'transient';
}

/** Resources by name; an OperationOutcome about the search is none of the patient's. */
function resourcesOf(bundle: JsonObject): JsonObject[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : [];
  return entries.flatMap((entry) => {
    const resource = isObject(entry) ? entry['resource'] : undefined;
    if (!isObject(resource) || typeof resource['resourceType'] !== 'string')
      throw untrusted('The source delivers an entry without a resource');
    if (resource['resourceType'] === 'OperationOutcome') return [];
    if (typeof resource['id'] !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(resource['id']))
      throw untrusted('The source delivers a resource without a usable id');
    return [resource];
  });
}
