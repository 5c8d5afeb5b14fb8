import type { DatePrefix } from '@samenhang/fhir-http';
import type { SearchConditions } from './search-conditions.js';

/**
 * A stored date against a searched one (http://hl7.org/fhir/R4/search.html#prefix). Both are stretches of time, as long as
 * their precision leaves open and half-open; dates without a zone are days in the Netherlands.
 */
export interface DateSides {
  clause(conditions: SearchConditions, prefix: DatePrefix, from: string, until: string): string;
}

function compare(
  prefix: DatePrefix,
  stored: { from: string; until: string },
  from: string,
  until: string,
): string {
  const { from: start, until: end } = stored;
  switch (prefix) {
    case 'eq':
      return `(${start} >= ${from} AND ${end} <= ${until})`;
    case 'ne':
      return `NOT (${start} >= ${from} AND ${end} <= ${until})`;
    case 'gt':
      return `(${end} > ${until} AND ${from} IS NOT NULL)`;
    case 'ge':
      return `(${end} > ${from} AND ${until} IS NOT NULL)`;
    case 'lt':
      return `(${start} < ${from} AND ${until} IS NOT NULL)`;
    case 'le':
      return `(${start} < ${until} AND ${from} IS NOT NULL)`;
    case 'sa':
      return `(${start} >= ${until} AND ${from} IS NOT NULL)`;
    case 'eb':
      return `(${end} <= ${from} AND ${until} IS NOT NULL)`;
    case 'ap':
      return `(${start} < ${until} AND ${end} > ${from})`;
  }
}

const inColumns = (from: string, until: string): DateSides => ({
  clause: (_conditions, prefix, searchedFrom, searchedUntil) =>
    compare(prefix, { from, until }, searchedFrom, searchedUntil),
});

/** The date by which facts of the type are ordered. */
export const effectiveDate = inColumns('r.effective_from', 'r.effective_until');
/** A moment: it ends as it begins. */
export const updatedDate = inColumns('r.last_updated', 'r.last_updated');

/** Any other date: one of those of that name. */
export function detailDate(name: string): DateSides {
  return {
    clause: (conditions, prefix, from, until) =>
      `EXISTS (SELECT FROM jsonb_to_recordset(r.details->'dates') AS x(n text, f timestamptz, u timestamptz) WHERE x.n = ${conditions.value(name)} AND ${compare(prefix, { from: 'x.f', until: 'x.u' }, from, until)})`,
  };
}
