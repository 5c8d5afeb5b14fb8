import { identifierSystems, type MappingIssue } from '@samenhang/data-model';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import type { Identifier } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { canonicalSystem } from './systems.js';

type Report = (severity: MappingIssue['severity'], code: string, text: string, element: string) => void;

/**
 * Brings identifiers to their Dutch systems and takes out what cannot be one: an empty number, or one with another
 * number of digits than its system has. BSNs of patients are judged by `judgeBsn`, which is stricter.
 */
export function shapeIdentifiers(
  identifiers: Identifier[] | undefined,
  tables: CodeTables,
  report: Report,
): Identifier[] | undefined {
  const kept = identifiers?.filter((identifier, index) => {
    if (identifier.system !== undefined) identifier.system = canonicalSystem(identifier.system, tables);
    const text = rejectionOf(identifier, tables);
    if (text !== undefined) report('error', 'invalid-identifier', text, `identifier[${index}].value`);
    return text === undefined;
  });
  return kept === undefined || kept.length === 0 ? undefined : kept;
}

function rejectionOf(identifier: Identifier, tables: CodeTables): string | undefined {
  const { system, value } = identifier;
  if (system === undefined || value === undefined) return undefined;
  if (system === identifierSystems.bsn) {
    return findBsn(value) === undefined ? 'The BSN does not pass the eleven-test' : undefined;
  }
  const digits = tables.findDigits(system);
  if (digits === undefined || (value.length === digits && /^\d+$/.test(value))) return undefined;
  return `A number of this system has ${digits} digits`;
}

export type BsnJudgement =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly bsn: Bsn }
  | { readonly kind: 'fails-eleven-test'; readonly index: number }
  | { readonly kind: 'contradictory'; readonly index: number };

/**
 * The BSN among a patient's identifiers. One that fails the eleven-test, or two different ones, leave it open who the
 * patient is: that is never settled by a guess.
 */
export function judgeBsn(identifiers: readonly Identifier[]): BsnJudgement {
  let found: Bsn | undefined;
  for (const [index, identifier] of identifiers.entries()) {
    if (identifier.system !== identifierSystems.bsn || identifier.use === 'old') continue;
    if (identifier.value === undefined || identifier.value.trim() === '') continue;
    const bsn = findBsn(identifier.value.trim());
    if (bsn === undefined) return { kind: 'fails-eleven-test', index };
    if (found !== undefined && found !== bsn) return { kind: 'contradictory', index };
    identifier.value = bsn;
    found = bsn;
  }
  return found === undefined ? { kind: 'none' } : { kind: 'one', bsn: found };
}

export const bsnProblems = {
  'fails-eleven-test': { code: 'bsn-fails-eleven-test', text: 'The BSN does not pass the eleven-test' },
  contradictory: { code: 'bsn-contradictory', text: 'The patient has two different BSNs' },
} as const;
