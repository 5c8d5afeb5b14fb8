import type { MappingIssue } from '@samenhang/data-model';
import type { Draft } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';

/** Why a resource goes out as base R4 (code system `base-reason`). */
export type BaseReason = 'no-zib' | 'unmapped-code' | 'incomplete' | 'out-of-range';

/** Which profile a resource satisfies, or why none. */
export type Conformance =
  | { readonly profile: string }
  | { readonly baseReason: BaseReason; readonly code: string; readonly text: string };

export function conformsTo(profile: string): Conformance {
  return { profile };
}

export function staysBase(baseReason: BaseReason, code: string, text: string): Conformance {
  return { baseReason, code, text };
}

/** What a profile function may use besides the resource it brings into shape. */
export interface ProfileContext {
  readonly tables: CodeTables;
  readonly sourceUri: string;
  readonly location: string;
  readonly idOf: (resourceType: string, key: string) => string;
  /** Puts out a resource that the profile sets apart, e.g. the Medication of a MedicationRequest. */
  readonly putCompanion: (companion: Draft & { id: string }) => void;
  readonly report: (severity: MappingIssue['severity'], code: string, text: string, element?: string) => void;
}
