import { Failure } from '@samenhang/errors';
import { parseForm } from '@samenhang/service-kit';
import type { ListContent } from './list-body.js';
import { readListSearch } from './list-search.js';

/**
 * Conditional create: answered with the registration that is there already. The criteria must say what the body says
 * (the subject may be left out, so that no token stands in a header); any others could hit a registration the sender
 * does not mean.
 * @returns whether the create is conditional
 */
export function readIfNoneExist(criteria: unknown, content: ListContent): boolean {
  if (criteria === undefined) return false;
  if (typeof criteria !== 'string') throw new Failure('malformed', 'If-None-Exist must be a search');
  const search = readListSearch(parseForm(criteria.replace(/^\??(List\?)?/, '')));
  const { token = content.token, source, categories } = search;
  const [category, ...others] = categories ?? [];
  if (
    token !== content.token ||
    source !== content.source ||
    category !== content.category ||
    others.length > 0
  ) {
    throw new Failure(
      'malformed',
      'If-None-Exist must have the source and the code of the List that is sent, and no other subject',
    );
  }
  return true;
}
