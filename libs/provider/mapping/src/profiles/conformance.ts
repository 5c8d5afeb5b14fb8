import type { MappingIssue } from '@samenhang/data-model';
import { nictiz } from '../fhir-systems.js';
import type { CodeableConcept, Draft } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';

/** Why a resource goes out as base R4 (code system `base-reason`). */
export type BaseReason = 'no-zib' | 'unmapped-code' | 'incomplete' | 'out-of-range';

/** Which profile a resource satisfies, or why none. */
export type Conformance =
  | { readonly profile: string }
  | {
      readonly baseReason: BaseReason;
      readonly code: string;
      readonly text: string;
      /** What has no code that the profile knows. */
      readonly concept?: CodeableConcept | undefined;
    };

export function conformsTo(profile: string): Conformance {
  return { profile };
}

export function staysBase(
  baseReason: BaseReason,
  code: string,
  text: string,
  concept?: CodeableConcept,
): Conformance {
  return { baseReason, code, text, concept };
}

/** Whether the source itself says that a resource has this profile. */
export function claims(draft: Draft, profile: string): boolean {
  return (
    draft.meta?.profile?.some((canonical) => canonical.split('|')[0] === `${nictiz}/${profile}`) === true
  );
}

/** What a profile function may use besides the resource it brings into shape. */
export interface ProfileContext {
  readonly tables: CodeTables;
  readonly sourceUri: string;
  readonly location: string;
  readonly idOf: (resourceType: string, key: string) => string;
  /** Puts out a resource that the profile sets apart, e.g. the Medication of a MedicationRequest. */
  readonly putCompanion: (companion: Draft & { id: string }) => void;
  /** Puts out a fact about the same patient that the resource says beside its own. */
  readonly putFact: (fact: Draft & { id: string }) => void;
  /** Whether another resource of the message refers to this one. */
  readonly isReferred: (resourceType: string, id: string) => boolean;
  readonly report: (severity: MappingIssue['severity'], code: string, text: string, element?: string) => void;
  /** Counts a concept that has no code the profile knows, for the unmapped report. */
  readonly countUnmapped: (concept: CodeableConcept) => void;
}
