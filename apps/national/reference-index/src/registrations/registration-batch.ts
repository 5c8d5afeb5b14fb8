import { isDataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { decodeBase64, decodeScalar, OprfError, type GroupScalar } from '@samenhang/oprf';
import type { OpenedPseudonym, PseudonymBatch } from '../tokens/pseudonym-opener.js';
import { TokenRefusal } from '../tokens/token-refusal.js';
import type { IndexOperation, OperationResult } from './index-operation.js';

export interface RegistrationBatch {
  readonly pseudonyms: PseudonymBatch;
  /** Their tokens are positions in the batch. */
  readonly operations: readonly IndexOperation[];
}

export interface BatchOutcome {
  readonly registered: number;
  readonly withdrawn: number;
  /** Registered already, or not there to withdraw. */
  readonly unchanged: number;
  /** Id of the registration per change, in their order; null for a withdrawal. With them a node reconciles. */
  readonly ids: readonly (string | null)[];
}

type Json = Readonly<Record<string, unknown>>;

const SOURCE = /^[\w.:/-]{1,255}$/;

/**
 * Body of `POST /registrations/batch`: `pseudonyms` (the JWE of a batch evaluation), `oprf_keys` (a blind factor per
 * person), `source_id`, and `changes` [{person: position, category, action: register | withdraw}].
 * @throws Failure
 */
export function readRegistrationBatch(body: unknown, custodian: Ura, maximum: number): RegistrationBatch {
  const { pseudonyms, oprf_keys: keys, source_id: source, changes } = objectOf(body);
  if (typeof pseudonyms !== 'string' || pseudonyms === '') throw malformed('pseudonyms');
  if (!Array.isArray(keys) || keys.length === 0) throw malformed('oprf_keys');
  if (typeof source !== 'string' || !SOURCE.test(source)) throw malformed('source_id');
  if (!Array.isArray(changes) || changes.length === 0) throw malformed('changes');
  if (changes.length > maximum || keys.length > maximum) {
    throw new Failure('too-large', `A batch may hold at most ${maximum} changes`);
  }
  const blindFactors = keys.map((key, index) => readBlindFactor(key, `oprf_keys[${index}]`));
  const operations = changes.map((change, index) =>
    readChange(change, { custodian, source, persons: keys.length, name: `changes[${index}]` }),
  );
  return { pseudonyms: { evaluatedOutput: pseudonyms, blindFactors }, operations };
}

/** The opened pseudonyms at these positions. */
export function pick(opened: readonly OpenedPseudonym[], positions: readonly string[]): OpenedPseudonym[] {
  return positions.map((position) => {
    const pseudonym = opened[Number(position)];
    if (pseudonym === undefined) throw new TokenRefusal('malformed');
    return pseudonym;
  });
}

export function countOutcomes(results: readonly OperationResult[]): BatchOutcome {
  const count = (matches: (result: OperationResult) => boolean): number => results.filter(matches).length;
  const registered = count((result) => result.kind === 'created');
  const withdrawn = count((result) => result.kind === 'deleted' && result.count > 0);
  const ids = results.map((result) => (result.kind === 'deleted' ? null : result.registration.id));
  return { registered, withdrawn, unchanged: results.length - registered - withdrawn, ids };
}

interface ChangeContext {
  readonly custodian: Ura;
  readonly source: string;
  readonly persons: number;
  readonly name: string;
}

function readChange(value: unknown, { custodian, source, persons, name }: ChangeContext): IndexOperation {
  const { person, category, action } = objectOf(value);
  if (typeof person !== 'number' || !Number.isInteger(person) || person < 0 || person >= persons) {
    throw malformed(`${name}.person`);
  }
  if (typeof category !== 'string' || !isDataCategory(category)) throw malformed(`${name}.category`);
  const token = String(person);
  if (action === 'register') return { kind: 'create', token, custodian, category, source, ifNoneExist: true };
  if (action === 'withdraw') return { kind: 'delete', filter: { token, source, categories: [category] } };
  throw malformed(`${name}.action`);
}

function readBlindFactor(value: unknown, name: string): GroupScalar {
  if (typeof value !== 'string') throw malformed(name);
  try {
    return decodeScalar(decodeBase64(value));
  } catch (error) {
    if (error instanceof OprfError) throw malformed(name, error);
    throw error;
  }
}

function objectOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Failure('malformed', 'A JSON object is required');
}

function malformed(name: string, cause?: unknown): Failure {
  const text = `${name} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: name }], cause });
}
