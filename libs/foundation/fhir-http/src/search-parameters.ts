import { Failure } from '@samenhang/errors';

/**
 * One search criterion as sent (http://hl7.org/fhir/R4/search.html#combining): `name(:modifier)(.chain)=value,value`.
 * The values are alternatives (OR); criteria together, repeated ones included, must all hold (AND).
 */
export interface SearchParameter {
  readonly name: string;
  readonly modifier?: string;
  /** What follows the first dot, e.g. `identifier` of `patient.identifier`; of `_has` what follows it. */
  readonly chain?: string;
  /** Still escaped: `\,`, `\|`, `\$` and `\\` are undone where a value is taken apart. */
  readonly values: readonly string[];
}

/** Query or form as the HTTP server gives it: a repeated key is an array. */
export type RawParameters = Readonly<Record<string, string | readonly string[]>>;

const HAS = /^_has:(.+)$/;
const NAME = /^(_?[A-Za-z][A-Za-z0-9-]*)(?::([A-Za-z][A-Za-z0-9-]*))?(?:\.(.+))?$/;
const MAX_PARAMETERS = 50;
const MAX_VALUES = 200;

/** @throws Failure('malformed') for what no search parameter looks like; the name is repeated, the value never */
export function parseSearchParameters(...sources: (RawParameters | undefined | null)[]): SearchParameter[] {
  const parameters: SearchParameter[] = [];
  for (const source of sources) {
    for (const [key, given] of Object.entries(source ?? {})) {
      for (const text of Array.isArray(given) ? given : [given]) {
        // No text in FHIR has it (http://hl7.org/fhir/R4/datatypes.html#string), and no database keeps it.
        if (String(text).includes('\u0000'))
          throw new Failure('malformed', 'A search parameter cannot be read');
        parameters.push(readParameter(key, String(text)));
      }
    }
  }
  if (parameters.length > MAX_PARAMETERS) throw new Failure('malformed', 'Too many search parameters');
  return parameters;
}

function readParameter(key: string, text: string): SearchParameter {
  const values = splitUnescaped(text, ',').filter((value) => value !== '');
  const parameter = parseSearchParameter(key, values);
  if (values.length > MAX_VALUES) throw new Failure('malformed', `Too many values for ${parameter.name}`);
  return parameter;
}

/** The parameter that a name asks for these values. @throws Failure('malformed') */
export function parseSearchParameter(key: string, values: readonly string[]): SearchParameter {
  const [, reverse] = HAS.exec(key) ?? [];
  if (reverse !== undefined) return { name: '_has', chain: reverse, values };
  const match = NAME.exec(key);
  if (match?.[1] === undefined)
    throw new Failure('malformed', 'A search parameter has a name that cannot be read');
  return {
    name: match[1],
    ...(match[2] === undefined ? {} : { modifier: match[2] }),
    ...(match[3] === undefined ? {} : { chain: match[3] }),
    values,
  };
}

export function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

export function unescapeValue(text: string): string {
  return text.replaceAll(/\\([,|$\\])/g, '$1');
}

/** The name as sent, for messages and links. */
export function nameOf(parameter: SearchParameter): string {
  const modifier = parameter.modifier === undefined ? '' : `:${parameter.modifier}`;
  const separator = parameter.name === '_has' ? ':' : '.';
  const chain = parameter.chain === undefined ? '' : `${separator}${parameter.chain}`;
  return parameter.name + modifier + chain;
}
