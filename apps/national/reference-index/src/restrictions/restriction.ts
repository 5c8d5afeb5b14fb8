import { findUra, isDataCategory, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { PseudonymToken } from '@samenhang/oprf';
import { readTokenMembers } from '../registrations/registration-body.js';

/** A wish of a person about being found. A member that is absent stands for all. */
export interface Restriction {
  readonly custodian?: Ura;
  readonly category?: DataCategory;
  /** Care-provider type of who asks, such as `G5`. */
  readonly requesterType?: string;
}

export interface StatedRestrictions {
  readonly token: PseudonymToken;
  /** All that this organisation states about the person from now on. */
  readonly restrictions: readonly Restriction[];
}

const MAXIMUM = 100;
const FACILITY_TYPE = /^[A-Z]\d{1,2}$/;
const members = new Set(['custodian', 'category', 'requester_type']);

/**
 * `{pseudonym, oprf_key, restrictions: [{custodian?, category?, requester_type?}]}`. Nothing is ignored: what cannot be
 * read would restrict something else than the person wants.
 * @throws Failure
 */
export function readStatedRestrictions(body: unknown): StatedRestrictions {
  const token = readTokenMembers(body);
  const { restrictions } = body as { readonly restrictions?: unknown };
  if (!Array.isArray(restrictions)) throw malformed('restrictions');
  if (restrictions.length > MAXIMUM)
    throw new Failure('too-large', `A person may have at most ${MAXIMUM} restrictions`);
  return { token, restrictions: restrictions.map(readRestriction) };
}

/** A holder speaks for itself; only a consent register speaks for the person about all. @throws Failure('forbidden') */
export function assertOwn(restrictions: readonly Restriction[], organisation: Ura): void {
  if (restrictions.every(({ custodian }) => custodian === organisation)) return;
  throw new Failure(
    'forbidden',
    'Restrictions about other custodians need the scope nvi:restrict-any; name your own URA as custodian',
  );
}

function readRestriction(value: unknown, index: number): Restriction {
  const name = `restrictions[${index}]`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(name);
  for (const member of Object.keys(value)) if (!members.has(member)) throw malformed(name);
  const { custodian, category, requester_type: requesterType } = value as Record<string, unknown>;
  const ura = typeof custodian === 'string' ? findUra(custodian) : undefined;
  if (custodian !== undefined && ura === undefined) throw malformed(`${name}.custodian`);
  const known = typeof category === 'string' && isDataCategory(category) ? category : undefined;
  if (category !== undefined && known === undefined) throw malformed(`${name}.category`);
  const type =
    typeof requesterType === 'string' && FACILITY_TYPE.test(requesterType) ? requesterType : undefined;
  if (requesterType !== undefined && type === undefined) throw malformed(`${name}.requester_type`);
  return {
    ...(ura === undefined ? {} : { custodian: ura }),
    ...(known === undefined ? {} : { category: known }),
    ...(type === undefined ? {} : { requesterType: type }),
  };
}

function malformed(member: string): Failure {
  const text = `${member} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: member }] });
}
