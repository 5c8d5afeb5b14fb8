import { identifierSystems } from '@samenhang/data-model';
import { Failure, failureKinds, type FailureIssue, type FailureKind } from '@samenhang/errors';
import { Client } from 'fhir-kit-client';
import { findText, isRecord, recordOf, recordsOf, textsOf } from './fhir-shape.js';
import type { FhirBundle, PatientView } from './patient-view.js';
import { proofHeaders } from './proof.js';
import { readPatientView } from './read-view.js';
import type { TokenSource } from './tokens.js';

export interface SamenhangClientOptions {
  /** Base URL of the query API, without `/fhir`. */
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  /** Longest wait for an answer; the API itself waits for slow sources for less. */
  readonly timeoutMs?: number;
}

/** The query API for applications: one question, one coherent answer. */
export class SamenhangClient {
  readonly #fhir: Client;
  readonly #timeoutMs: number;

  constructor(options: SamenhangClientOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#fhir = new Client({
      baseUrl: `${baseUrl}/fhir`,
      // A redirect would carry the patient's identifier to an address that nobody chose.
      requestOptions: { redirect: 'error' },
      requestSigner: async (url, request) => {
        const token = await options.tokens.getToken(baseUrl);
        const headers = new Headers(request.headers);
        for (const [name, value] of Object.entries(await proofHeaders(token, request.method ?? 'GET', url)))
          headers.set(name, value);
        request.headers = headers;
      },
    });
  }

  /**
   * Everything the registered sources say about the person with this BSN. It travels in the body of the request.
   * @throws Failure when there is no answer; a source that is missing is no failure but in `missing`
   */
  async patientView(bsn: string, options: { readonly signal?: AbortSignal } = {}): Promise<PatientView> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    try {
      const answer: unknown = await this.#fhir.operation({
        name: 'everything',
        resourceType: 'Patient',
        method: 'POST',
        input: {
          resourceType: 'Parameters',
          parameter: [{ name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } }],
        },
        options: { signal },
      });
      if (!isBundle(answer)) throw new Failure('upstream', 'The query API did not answer with a Bundle');
      return readPatientView(answer);
    } catch (cause) {
      throw toFailure(cause, deadline);
    }
  }
}

function isBundle(value: unknown): value is FhirBundle {
  return isRecord(value) && value['resourceType'] === 'Bundle';
}

function toFailure(cause: unknown, deadline: AbortSignal): Failure {
  if (cause instanceof Failure) return cause;
  if (deadline.aborted) return new Failure('timeout', 'The query API did not answer in time');
  const response = recordOf(recordOf(cause)['response']);
  if (typeof response['status'] !== 'number')
    return new Failure('unavailable', 'The query API cannot be reached', { cause });
  const issues = recordsOf(recordOf(response['data'])['issue']).map(toIssue);
  const text = issues[0]?.text ?? `The query API answered with status ${response['status']}`;
  return new Failure(kindOf(response['status']), text, issues.length === 0 ? {} : { issues });
}

function toIssue(issue: Readonly<Record<string, unknown>>): FailureIssue {
  const [expression] = textsOf(issue['expression']);
  const text =
    findText(issue['diagnostics']) ?? findText(recordOf(issue['details'])['text']) ?? String(issue['code']);
  return { code: String(issue['code']), text, ...(expression === undefined ? {} : { expression }) };
}

function kindOf(status: number): FailureKind {
  const kinds = Object.keys(failureKinds) as FailureKind[];
  return kinds.find((kind) => failureKinds[kind].status === status) ?? 'upstream';
}
