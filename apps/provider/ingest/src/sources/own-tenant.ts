import { findSourceId, findUra, type SourceId, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';

/**
 * The tenant of a path, which must be the care provider the caller acts for.
 * @throws Failure('forbidden') otherwise, also when the path names no care provider
 */
export function requireOwnTenant(ura: string, identity: VerifiedIdentity): Ura {
  const tenant = findUra(ura);
  if (tenant === undefined || identity.organisation?.ura !== tenant) {
    throw new Failure('forbidden', 'The access token is of another care provider');
  }
  return tenant;
}

/** @throws Failure('malformed') when the text cannot name a source */
export function readSourceId(text: string): SourceId {
  const id = findSourceId(text);
  if (id === undefined)
    throw new Failure('malformed', 'A source id has lower-case letters, digits and hyphens');
  return id;
}
