import type { FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { splitUnescaped } from '@samenhang/fhir-http';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { quantityTest } from './quantity-test.js';
import type { SearchableParameter } from './searchable-types.js';
import { tokenTest } from './token-test.js';

/**
 * `code$value`, both of one part of an Observation: of itself, of one of its components, or of either, as the paths say
 * (http://hl7.org/fhir/R4/search.html#composite).
 */
export function compositeTest(
  { name, paths }: SearchableParameter,
  values: readonly string[],
): (resource: FhirResource) => boolean {
  const alternatives = values.map((text) => {
    const [first = '', second = '', ...rest] = splitUnescaped(text, '$');
    if (first === '' || second === '' || rest.length > 0)
      throw new Failure('malformed', `The value of ${name} is code$value`);
    const code = tokenTest(first);
    const value = name.endsWith('quantity') ? quantityTest(second, name) : tokenTest(second);
    return (part: Readonly<Record<string, unknown>>, element: string) =>
      code(part['code']) && value(part[element]);
  });
  const places = paths.map((path) => path.split('.'));
  return (resource) =>
    places.some(([first = '', second]) => {
      const parts = second === undefined ? [resource] : recordsOf(resource[first]);
      const element = second ?? first;
      return parts.some((part) => isRecord(part) && alternatives.some((fits) => fits(part, element)));
    });
}
