import { Failure } from '@samenhang/errors';
import { parseToken, splitUnescaped, type SearchParameterDefinition } from '@samenhang/fhir-http';
import { anyOf, isToken } from './body-criteria.js';
import { quantityTest } from './quantity-criteria.js';
import type { SearchConditions } from './search-conditions.js';

/** Two values that must be of one part of a resource (http://hl7.org/fhir/R4/search.html#composite). */
interface Composite {
  readonly name: string;
  /** Parts that have both: the resource itself, its components, or either. */
  readonly within: 'resource' | 'component' | 'either';
  /** The element of the second value; of the first it is `code`. */
  readonly element: 'valueQuantity' | 'valueCodeableConcept';
}

const composites: Readonly<Record<string, readonly Composite[]>> = {
  Observation: [
    { name: 'code-value-concept', within: 'resource', element: 'valueCodeableConcept' },
    { name: 'code-value-quantity', within: 'resource', element: 'valueQuantity' },
    { name: 'combo-code-value-concept', within: 'either', element: 'valueCodeableConcept' },
    { name: 'combo-code-value-quantity', within: 'either', element: 'valueQuantity' },
    { name: 'component-code-value-concept', within: 'component', element: 'valueCodeableConcept' },
    { name: 'component-code-value-quantity', within: 'component', element: 'valueQuantity' },
  ],
};

const parts: Readonly<Record<Composite['within'], string>> = {
  resource: '$',
  component: '$."component"[*]',
  either: '$, $."component"[*]',
};

/** Composite parameters of a type, for what is advertised. */
export function compositesOf(type: string): SearchParameterDefinition[] {
  return (composites[type] ?? []).map(({ name }) => ({
    name,
    type: 'composite',
    definition: `http://hl7.org/fhir/SearchParameter/${type}-${name}`,
  }));
}

/**
 * The condition of a composite criterion; undefined when the type has none of that name.
 * @throws Failure('malformed') for a value that is not of two parts
 */
export function compositeClause(
  conditions: SearchConditions,
  type: string,
  { name, values }: { readonly name: string; readonly values: readonly string[] },
): string | undefined {
  const composite = composites[type]?.find((each) => each.name === name);
  if (composite === undefined) return undefined;
  const alternatives = values.map((text) => {
    const [first = '', second = '', ...rest] = splitUnescaped(text, '$');
    if (first === '' || second === '' || rest.length > 0)
      throw new Failure('malformed', `The value of ${name} is code$value`);
    const code = codingTest(conditions, `e.c->'code'`, first);
    const value = `e.c->'${composite.element}'`;
    const fits =
      composite.element === 'valueQuantity'
        ? quantityTest(conditions, name, second, quantityOf(value))
        : codingTest(conditions, value, second);
    return `(${code} AND ${fits})`;
  });
  const paths = `${conditions.value(parts[composite.within].split(', '))}::text[]`;
  return `EXISTS (SELECT FROM unnest(${paths}) AS p(path) CROSS JOIN LATERAL jsonb_path_query(r.body::jsonb, p.path::jsonpath) AS e(c) WHERE ${anyOf(alternatives)})`;
}

function codingTest(conditions: SearchConditions, concept: string, text: string): string {
  const token = isToken(conditions, 'k.c', parseToken(text));
  return `EXISTS (SELECT FROM jsonb_path_query(${concept}, '$."coding"[*]') AS k(c) WHERE ${token})`;
}

const quantityOf = (value: string) => ({
  value: `(${value}->>'value')::numeric`,
  system: `${value}->>'system'`,
  code: `${value}->>'code'`,
  unit: `${value}->>'unit'`,
});
