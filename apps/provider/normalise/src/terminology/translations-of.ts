import type { BoundQuestion } from './terminology.js';
import { findValue, isRecord, type Parameter } from './parameters.js';

export interface Candidate {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/** Equivalences of FHIR R4 (ConceptMap.group.element.target) by which nothing is added and nothing lost. */
const exact: readonly unknown[] = ['equal', 'equivalent'];

/**
 * The codes that say the same as the one asked about (ConceptMap-operation-translate), in a system that the binding names: of the
 * first system of the binding that has any, so that the choice does not depend on the order of an answer.
 */
export function translationsOf(
  parameters: readonly Parameter[],
  { systems }: Pick<BoundQuestion, 'systems'>,
): readonly Candidate[] {
  if (findValue(parameters, 'result') !== true) return [];
  const found = parameters
    .filter(({ name }) => name === 'match')
    .flatMap(({ parts }) => {
      if (!exact.includes(findValue(parts, 'equivalence'))) return [];
      const candidate = candidateOf(findValue(parts, 'concept'));
      return candidate === undefined ? [] : [candidate];
    });
  for (const system of systems) {
    const within = found.filter((candidate) => candidate.system === system);
    if (within.length > 0) return [...new Map(within.map((one) => [one.code, one])).values()];
  }
  return [];
}

/** Codes of FHIR have no blanks at their ends; more than a hundred characters is no code. */
function candidateOf(concept: unknown): Candidate | undefined {
  if (!isRecord(concept)) return undefined;
  const { system, code, display } = concept;
  if (typeof system !== 'string' || typeof code !== 'string' || !/^\S(?:.{0,98}\S)?$/.test(code))
    return undefined;
  return { system, code, ...(typeof display === 'string' && display !== '' ? { display } : {}) };
}
