import { Failure } from '@samenhang/errors';

export interface ObjectionsRequest {
  /** Blinded persons, base64url. */
  readonly blinded: readonly string[];
  /** Up to which revision the list is known already. */
  readonly since: number;
}

export interface ObjectionsAnswer {
  /** As many as were blinded, in their order. */
  readonly evaluated: readonly string[];
  /** What changed after `since`, in order: the last word about a person counts. */
  readonly objections: readonly { readonly pseudonym: string; readonly objects: boolean }[];
  /** Up to which revision `objections` goes. */
  readonly revision: number;
  readonly more: boolean;
}

/** @throws Failure('upstream') */
export function readObjections(body: unknown, expected: number, since: number): ObjectionsAnswer {
  const { evaluated, objections, revision, more } = (body ?? {}) as Record<string, unknown>;
  const isAnswer =
    isListOf(evaluated, (each) => typeof each === 'string') &&
    evaluated.length === expected &&
    isListOf(objections, isObjection) &&
    typeof revision === 'number' &&
    revision >= since &&
    typeof more === 'boolean' &&
    !(more && revision === since);
  if (!isAnswer) throw new Failure('upstream', 'The consent register gave an answer that cannot be read');
  return body as ObjectionsAnswer;
}

function isListOf(value: unknown, is: (each: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}

function isObjection(value: unknown): boolean {
  const { pseudonym, objects } = (value ?? {}) as Record<string, unknown>;
  return typeof pseudonym === 'string' && typeof objects === 'boolean';
}
