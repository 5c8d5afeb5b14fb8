/** An SQL expression and what it gives: NULL for empty, but a list is never NULL. */
export interface SqlValue {
  readonly sql: string;
  readonly form: 'json' | 'list' | 'text' | 'number' | 'boolean';
}

/** Names by which an expression finds what it is evaluated on. All are SQL expressions. */
export interface SqlScene {
  readonly focus: string;
  readonly resource: string;
  readonly rowIndex: string;
  readonly itemIndex: string;
  /** Schema of the functions of support.ts, quoted. */
  readonly functions: string;
  /** Gives names that no other part of the statement has. */
  readonly name: (prefix: string) => string;
}

export const json = (sql: string): SqlValue => ({ sql, form: 'json' });
export const list = (sql: string): SqlValue => ({ sql, form: 'list' });
export const text = (sql: string): SqlValue => ({ sql, form: 'text' });
export const number = (sql: string): SqlValue => ({ sql, form: 'number' });
export const boolean = (sql: string): SqlValue => ({ sql, form: 'boolean' });

export function asJson({ sql, form }: SqlValue): string {
  switch (form) {
    case 'json':
      return sql;
    case 'list':
      // More than one row is an error of the server (21000): the rule that one value is expected.
      return `(SELECT v FROM jsonb_array_elements(${sql}) AS one_of(v))`;
    default:
      return `to_jsonb(${sql})`;
  }
}

export function asList(value: SqlValue): string {
  if (value.form === 'list') return value.sql;
  const one = asJson(value);
  return `(SELECT CASE WHEN one.v IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(one.v) END FROM (SELECT ${one}) AS one(v))`;
}

export function asText(value: SqlValue): string {
  if (value.form === 'text') return value.sql;
  if (value.form === 'number' || value.form === 'boolean') return `(${value.sql})::text`;
  const one = asJson(value);
  // `a -> 'b'` as text is `a ->> 'b'`, without a JSON value in between.
  const member = /^\((.*) -> ('(?:[^']|'')*')\)$/s.exec(one);
  return member === null ? `(${one} #>> '{}')` : `(${member[1] ?? ''} ->> ${member[2] ?? ''})`;
}

export function asNumber(value: SqlValue): string {
  if (value.form === 'number') return value.sql;
  return value.form === 'text' ? `(${value.sql})::numeric` : `(${asJson(value)})::numeric`;
}

/** @param isBoolean whether the type is known to be boolean: another single value counts as true */
export function asBoolean(value: SqlValue, isBoolean: boolean): string {
  if (value.form === 'boolean') return value.sql;
  if (isBoolean) return `(${asJson(value)})::boolean`;
  return `(SELECT CASE jsonb_typeof(one.v) WHEN 'boolean' THEN one.v::boolean ELSE CASE WHEN one.v IS NOT NULL THEN true END END FROM (SELECT ${asJson(value)}) AS one(v))`;
}
