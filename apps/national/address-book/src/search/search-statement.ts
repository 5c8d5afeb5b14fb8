import { storedColumns } from '../directory/directory-store.js';
import type { SearchQuery } from './search-query.js';

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const namePatterns = {
  start: (text: string) => `${escapeLike(text)}%`,
  contains: (text: string) => `%${escapeLike(text)}%`,
  exact: (text: string) => escapeLike(text),
} as const;

/** One row more than asked tells whether there is a next page. */
export function toSearchStatement(query: SearchQuery): Statement {
  const { clause, values } = toCondition(query);
  const parameters = [...values];
  let paging = '';
  if (query.after !== undefined) {
    parameters.push(query.after);
    paging = ` AND id > $${parameters.length}`;
  }
  parameters.push(query.count + 1);
  const limit = `$${parameters.length}`;
  // What names few is found by its own index first: the order of ids would lead through the whole directory.
  const isSelective = query.identifiers.length + query.references.length > 0;
  const found = `SELECT * FROM resource WHERE ${clause}${paging}${isSelective ? ' OFFSET 0' : ''}`;
  return {
    sql: `SELECT ${storedColumns} FROM (${found}) AS found ORDER BY id LIMIT ${limit}`,
    values: parameters,
  };
}

export function toCountStatement(query: SearchQuery): Statement {
  const { clause, values } = toCondition(query);
  return { sql: `SELECT count(*) AS count FROM resource WHERE ${clause}`, values };
}

function toCondition(query: SearchQuery): { clause: string; values: readonly unknown[] } {
  const values: unknown[] = [query.type];
  const conditions = ['resource_type = $1'];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  for (const keys of query.identifiers) add((parameter) => `identifiers && ${parameter}::text[]`, keys);
  for (const keys of query.references)
    add((parameter) => `resource_references && ${parameter}::text[]`, keys);
  if (query.ids !== undefined) add((parameter) => `id = ANY (${parameter}::text[])`, query.ids);
  if (query.statuses !== undefined) add((parameter) => `status = ANY (${parameter}::text[])`, query.statuses);
  if (query.active !== undefined) add((parameter) => `coalesce(active, true) = ${parameter}`, query.active);
  for (const { text, match } of query.names) {
    const operator = match === 'exact' ? 'LIKE' : 'ILIKE';
    add((parameter) => `name ${operator} ${parameter}`, namePatterns[match](text));
  }
  for (const { comparator, instant } of query.updated)
    add((parameter) => `last_updated ${comparator} ${parameter}`, instant);
  return { clause: conditions.join(' AND '), values };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
