import { isDataCategory, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  decodeBase64,
  decodeScalar,
  encodePseudonymToken,
  OprfError,
  type PseudonymToken,
} from '@samenhang/oprf';
import type { DeleteFilter } from './index-operation.js';

type Json = Readonly<Record<string, unknown>>;

const SOURCE = /^[\w.:/-]{1,255}$/;

/** `pseudonym` (the JWE) and `oprf_key` (the blind factor) of the plain JSON routes. @throws Failure('malformed') */
export function readTokenMembers(body: unknown): PseudonymToken {
  const { pseudonym, oprf_key: blindFactor } = objectOf(body);
  if (typeof pseudonym !== 'string' || pseudonym === '') throw malformed('pseudonym');
  if (typeof blindFactor !== 'string') throw malformed('oprf_key');
  try {
    return { evaluatedOutput: pseudonym, blindFactor: decodeScalar(decodeBase64(blindFactor)) };
  } catch (error) {
    if (error instanceof OprfError) throw malformed('oprf_key', error);
    throw error;
  }
}

export function readRegistrationBody(body: unknown): {
  token: string;
  category: DataCategory;
  source: string;
} {
  const members = objectOf(body);
  const token = encodePseudonymToken(readTokenMembers(members));
  const category = readCategory(members['category']);
  const source = readSource(members['source_id']);
  if (category === undefined) throw malformed('category');
  if (source === undefined) throw malformed('source_id');
  return { token, category, source };
}

export function readDeletionBody(body: unknown): DeleteFilter {
  const members = objectOf(body);
  const token = encodePseudonymToken(readTokenMembers(members));
  const category = readCategory(members['category']);
  const source = readSource(members['source_id']);
  return {
    token,
    ...(source === undefined ? {} : { source }),
    ...(category === undefined ? {} : { categories: [category] }),
  };
}

function readCategory(value: unknown): DataCategory | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isDataCategory(value)) return value;
  throw malformed('category');
}

function readSource(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && SOURCE.test(value)) return value;
  throw malformed('source_id');
}

function objectOf(body: unknown): Json {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json;
  throw new Failure('malformed', 'A JSON object is required');
}

function malformed(member: string, cause?: unknown): Failure {
  const text = `${member} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: member }], cause });
}
