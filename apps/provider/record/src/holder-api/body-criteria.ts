import { Failure } from '@samenhang/errors';
import {
  hierarchicalSystems,
  parseToken,
  splitUnescaped,
  unescapeValue,
  type TokenValue,
} from '@samenhang/fhir-http';
import type { SearchConditions } from './search-conditions.js';

/**
 * What is asked too rarely to be extracted when a resource is stored: its text is opened while it is searched, within the data
 * of one patient. Paths are those of the registry of parameters.
 */
export type Paths = readonly (readonly string[])[];

const EXTENSION = /^extension\((.+)\)$/;

/** Paths as jsonpath; lists are taken apart along the way (PostgreSQL, lax mode). */
function jsonPath(path: readonly string[], ...further: readonly string[]): string {
  const steps = [...path, ...further].map((step) => {
    const url = EXTENSION.exec(step)?.[1];
    return url === undefined
      ? `.${JSON.stringify(step)}`
      : `."extension" ? (@."url" == ${JSON.stringify(url)})`;
  });
  return `$${steps.join('')}[*]`;
}

/** A resource has a value at one of the paths for which the condition on `v.c` (jsonb) holds. */
function hasAt(
  conditions: SearchConditions,
  paths: readonly string[],
  condition: (value: string) => string,
): string {
  const list = `${conditions.value(paths)}::text[]`;
  return `EXISTS (SELECT FROM unnest(${list}) AS p(path) CROSS JOIN LATERAL jsonb_path_query(r.body::jsonb, p.path::jsonpath) AS v(c) WHERE ${condition('v.c')})`;
}

/** The codings of a concept, a coding or an identifier itself, or a code. */
export function codedPaths(paths: Paths): string[] {
  return paths.flatMap((path) => [jsonPath(path), jsonPath(path, 'coding')]);
}

/** A token as `code`, `system|code`, `|code` or `system|`, on a jsonb value. */
export function isToken(conditions: SearchConditions, value: string, { system, code }: TokenValue): string {
  const parts: string[] = [];
  if (system !== undefined) parts.push(`coalesce(${value}->>'system', '') = ${conditions.value(system)}`);
  if (code !== undefined)
    parts.push(
      `coalesce(${value}->>'code', ${value}->>'value', ${value}#>>'{}') = ${conditions.value(code)}`,
    );
  return parts.length === 0 ? 'false' : parts.join(' AND ');
}

export function tokenInBody(conditions: SearchConditions, paths: Paths, values: readonly string[]): string {
  const tokens = values.map(parseToken);
  return hasAt(conditions, codedPaths(paths), (value) =>
    anyOf(tokens.map((token) => isToken(conditions, value, token))),
  );
}

/**
 * `:below` and `:above`: a kind of the code, or what the code is a kind of.
 * @throws Failure('malformed') for a code system whose hierarchy is not known here
 */
export function subsumedInBody(
  conditions: SearchConditions,
  {
    name,
    modifier,
    values,
  }: { readonly name: string; readonly modifier: string; readonly values: readonly string[] },
  paths: Paths,
): string {
  const tokens = values.map((value) => {
    const { system, code } = parseToken(value);
    if (system === undefined || code === undefined || !hierarchicalSystems.has(system))
      throw notSupported(`${name}:${modifier} of this code system`, [
        `Not supported: ${name}:${modifier} is known of system|code in ${[...hierarchicalSystems].join(', ')}`,
      ]);
    return { system, code };
  });
  return hasAt(conditions, codedPaths(paths), (value) =>
    anyOf(
      tokens.map(({ system, code }) => {
        const stored = `${value}->>'code'`;
        const asked = conditions.value(code);
        const [longer, shorter] = modifier === 'below' ? [stored, asked] : [asked, stored];
        return `${value}->>'system' = ${conditions.value(system)} AND starts_with((${longer})::text, (${shorter})::text) AND ${shorter} <> ''`;
      }),
    ),
  );
}

/** `:of-type=system|code|value`: an identifier of this type (http://hl7.org/fhir/R4/search.html#token). */
export function ofTypeInBody(
  conditions: SearchConditions,
  name: string,
  paths: Paths,
  values: readonly string[],
): string {
  const asked = values.map((text) => {
    const [system, code, value, ...rest] = splitUnescaped(text, '|').map(unescapeValue);
    if (system === undefined || code === undefined || value === undefined || value === '' || rest.length > 0)
      throw new Failure('malformed', `The value of ${name}:of-type is system|code|value`);
    return { system, code, value };
  });
  const list = paths.map((path) => jsonPath(path));
  return hasAt(conditions, list, (found) =>
    anyOf(
      asked.map(
        ({ system, code, value }) =>
          `${found}->>'value' = ${conditions.value(value)} AND EXISTS (SELECT FROM jsonb_path_query(${found}, '$."type"."coding"[*]') AS t(c) WHERE ${isToken(conditions, 't.c', { system, code })})`,
      ),
    ),
  );
}

/** Words and addresses as they are written, at the path or within it. */
export function exactInBody(conditions: SearchConditions, paths: Paths, values: readonly string[]): string {
  const asked = conditions.value(values.map(unescapeValue));
  const list = paths.map((path) => `${jsonPath(path).slice(0, -'[*]'.length)}.**`);
  return hasAt(conditions, list, (value) => `${value}#>>'{}' = ANY(${asked}::text[])`);
}

/** Addresses below, or above, those that are asked: by their path (http://hl7.org/fhir/R4/search.html#uri). */
export function addressInBody(
  conditions: SearchConditions,
  modifier: 'below' | 'above',
  paths: Paths,
  values: readonly string[],
): string {
  const list = paths.map((path) => jsonPath(path));
  return hasAt(conditions, list, (value) =>
    anyOf(
      values.map((text) => {
        const asked = `${conditions.value(unescapeValue(text).replace(/\/+$/, ''))}::text`;
        const stored = `rtrim(${value}#>>'{}', '/')`;
        const [longer, shorter] = modifier === 'below' ? [stored, asked] : [asked, stored];
        return `(${longer} = ${shorter} OR starts_with(${longer}, ${shorter} || '/'))`;
      }),
    ),
  );
}

/** Words that begin with what is asked, or hold it; without regard to case. */
export function wordsInBody(
  conditions: SearchConditions,
  paths: Paths,
  values: readonly string[],
  anywhere: boolean,
): string {
  const list = paths.map((path) => `${jsonPath(path).slice(0, -'[*]'.length)}.**`);
  return hasAt(conditions, list, (value) =>
    anyOf(
      values.map((text) => {
        const pattern = unescapeValue(text).replaceAll(/[\\%_]/g, String.raw`\$&`);
        return `${value}#>>'{}' ILIKE ${conditions.value(`${anywhere ? '%' : ''}${pattern}%`)}`;
      }),
    ),
  );
}

export function notSupported(message: string, texts: readonly string[]): Failure {
  return new Failure('malformed', `Not supported: ${message}`, {
    issues: texts.map((text) => ({ code: 'not-supported', text })),
  });
}

export function anyOf(clauses: readonly string[]): string {
  return clauses.length === 0 ? 'false' : `(${clauses.join(' OR ')})`;
}
