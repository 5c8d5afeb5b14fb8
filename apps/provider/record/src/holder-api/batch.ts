import { Failure, toOperationOutcome } from '@samenhang/errors';
import { writeSearchset, type RawParameters } from '@samenhang/fhir-http';
import { findHolderDefinition } from './holder-definitions.js';
import { readHolderQuestion, type HolderQuestion } from './holder-question.js';

const MAXIMUM_ENTRIES = 60;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** What one entry of a Bundle asks. */
export type BatchStep =
  | { readonly kind: 'search'; readonly question: HolderQuestion }
  | { readonly kind: 'read'; readonly type: string; readonly id: string }
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
 * A Bundle of searches and reads (http://hl7.org/fhir/R4/http.html#transaction). Nothing is written here: what a record
 * holds comes from its sources. An address within the Bundle is in no log, so that it may name the patient by BSN.
 * @throws Failure('malformed') also, for a transaction, when any of its entries cannot be done
 */
export function readBatch(body: unknown, context: BatchContext): Batch {
  const { resourceType, type, entry } = (isObject(body) ? body : {}) as Record<string, unknown>;
  if (resourceType !== 'Bundle' || (type !== 'batch' && type !== 'transaction'))
    throw new Failure('malformed', 'A Bundle of type batch or transaction is expected');
  const entries: unknown[] = Array.isArray(entry) ? entry : [];
  if (entries.length > MAXIMUM_ENTRIES)
    throw new Failure('too-large', `A Bundle has at most ${MAXIMUM_ENTRIES} entries`);
  const steps = entries.map((each) => readStep(each, context));
  for (const step of steps) if (type === 'transaction' && step.kind === 'failed') throw step.failure;
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
  if (rest !== undefined && !rest.startsWith('_') && !rest.startsWith('$') && query === '') {
    if (!ID.test(rest)) throw new Failure('not-found', 'There is no such resource');
    return { kind: 'read', type, id: rest };
  }
  const isNewestOfCode = rest === '$lastn' && type === 'Observation';
  if (rest !== undefined && rest !== '_search' && !isNewestOfCode)
    throw new Failure('not-found', 'There is no such interaction');
  const form = parametersOf(new URLSearchParams(query));
  return {
    kind: 'search',
    question: readHolderQuestion({ definition, base, query: {}, form, prefer, isNewestOfCode }),
  };
}

function parametersOf(query: URLSearchParams): RawParameters {
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

/** What became of a step: text of a resource with its status, or a failure. */
export type BatchResult =
  { readonly body: string; readonly etag?: string; readonly lastModified?: Date } | Failure;

/** The Bundle that answers a batch: the texts of the answers joined. */
export function writeBatch(kind: Batch['kind'], results: readonly BatchResult[]): string {
  const entries = results.map((result) => {
    if (result instanceof Failure) {
      const outcome = toOperationOutcome(result);
      return JSON.stringify({ response: { status: String(result.status), outcome } });
    }
    const { body, etag, lastModified } = result;
    const response = { status: '200', etag, lastModified: lastModified?.toISOString() };
    return `{"resource":${body},"response":${JSON.stringify(response)}}`;
  });
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"${kind}-response"${entry}}`;
}

export function writeSearch(searchset: Parameters<typeof writeSearchset>[0]): string {
  return [...writeSearchset(searchset)].join('');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
