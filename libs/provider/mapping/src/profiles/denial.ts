import type { CodeableConcept, Draft } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';

const named = ['code', 'vaccineCode', 'medicationCodeableConcept', 'type'] as const;

/**
 * Whether a resource denies what resources of its type state ("no known allergy", "no information on medication"). The lists of the
 * zibs name substances, problems and products: a denial is on none of them, and a reader of the profile would take it for a fact.
 */
export function isDenial(draft: Draft, tables: CodeTables): boolean {
  return named.some((element) => {
    const concept = draft[element] as CodeableConcept | undefined;
    return Array.isArray(concept?.coding) && tables.hasListed('Denial', concept);
  });
}
