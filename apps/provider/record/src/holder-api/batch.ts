import { Failure, toOperationOutcome } from '@samenhang/errors';
import { writeSearchset, type RawParameters, type Searchset } from '@samenhang/fhir-http';
import { findHolderDefinition } from './holder-definitions.js';
import { readHolderQuestion, type HolderQuestion } from './holder-question.js';

const MAXIMUM_ENTRIES = 60;

/** What one entry of a Bundle asks. */
export type BatchStep =
  | { readonly kind: 'search'; readonly question: HolderQuestion }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Batch {
  readonly kind: 'batch' | 'transaction';
  readonly steps: readonly BatchStep[];
}

interface BatchContext {
  readonly base: string;
  readonly prefer: string | undefined;
}

/**
 * A Bundle of searches about one patient (http://hl7.org/fhir/R4/http.html#transaction), named in each by identifier: what
 * asks by the id of a Patient or of a fact cannot be told apart from trying another patient's. Nothing is written here: what
 * a record holds comes from its sources. An address within the Bundle is in no log, so that it may hold a BSN.
 * @throws Failure also for a transaction when any of its entries cannot be done, and for a batch when none can
 */
export function readBatch(body: unknown, context: BatchContext): Batch {
  const { resourceType, type, entry } = (isObject(body) ? body : {}) as Record<string, unknown>;
  if (resourceType !== 'Bundle' || (type !== 'batch' && type !== 'transaction'))
    throw new Failure('malformed', 'A Bundle of type batch or transaction is expected');
  const entries: unknown[] = Array.isArray(entry) ? entry : [];
  if (entries.length > MAXIMUM_ENTRIES)
    throw new Failure('too-large', `A Bundle has at most ${MAXIMUM_ENTRIES} entries`);
  const steps = entries.map((each) => readStep(each, context));
  const failures = steps.flatMap((step) => (step.kind === 'failed' ? [step.failure] : []));
  const [first] = failures;
  if (first !== undefined && (type === 'transaction' || failures.length === steps.length)) throw first;
  const patients = new Set(
    steps.map((step) => (step.kind === 'search' ? JSON.stringify(step.question.patient) : undefined)),
  );
  patients.delete(undefined);
  if (patients.size > 1) throw new Failure('malformed', 'A request is about one patient');
  return { kind: type, steps };
}

function readStep(entry: unknown, context: BatchContext): BatchStep {
  try {
    const request = isObject(entry) ? entry['request'] : undefined;
    const { method, url } = (isObject(request) ? request : {}) as Record<string, unknown>;
    if (typeof method !== 'string' || typeof url !== 'string')
      throw new Failure('malformed', 'An entry has a request with method and url');
    if (method !== 'GET')
      throw new Failure('malformed', 'Only GET is done in a Bundle', {
        issues: [{ code: 'not-supported', text: 'Only GET is done in a Bundle' }],
      });
    return readGet(url.startsWith(`${context.base}/`) ? url.slice(context.base.length + 1) : url, context);
  } catch (thrown) {
    if (thrown instanceof Failure) return { kind: 'failed', failure: thrown };
    throw thrown;
  }
}

function readGet(url: string, { base, prefer }: BatchContext): BatchStep {
  const [path = '', query = ''] = url.split('?', 2);
  const [type = '', rest, ...others] = path.replace(/^\//, '').split('/');
  const definition = findHolderDefinition(type);
  if (definition === undefined || others.length > 0)
    throw new Failure('not-found', 'This type of resource is not served');
  const isNewestOfCode = rest === '$lastn' && type === 'Observation';
  if (rest !== undefined && rest !== '_search' && !isNewestOfCode)
    throw new Failure('not-found', 'There is no such interaction');
  const form = parametersOf(new URLSearchParams(query));
  const question = readHolderQuestion({ definition, base, query: {}, form, prefer, isNewestOfCode });
  if (question.patient.by !== 'identifier')
    throw new Failure('malformed', 'A Bundle names its patient by identifier');
  return { kind: 'search', question };
}

function parametersOf(query: URLSearchParams): RawParameters {
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

/** The Bundle that answers a batch: the texts of the searchsets joined. */
export function writeBatch(kind: Batch['kind'], results: readonly (Searchset | Failure)[]): string {
  const entries = results.map((result) => {
    if (!(result instanceof Failure))
      return `{"resource":${[...writeSearchset(result)].join('')},"response":{"status":"200"}}`;
    return JSON.stringify({
      response: { status: String(result.status), outcome: toOperationOutcome(result) },
    });
  });
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"${kind}-response"${entry}}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
