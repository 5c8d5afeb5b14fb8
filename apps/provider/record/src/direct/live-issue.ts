import { dataCategorySystem, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { SearchsetEntry } from '@samenhang/fhir-http';

/** What a live answer of a source lacks: the facts of a type, or of a category of it, and why (FHIR R4 valueset-issue-type). */
export interface LiveIssue {
  readonly type: string;
  readonly category: DataCategory | undefined;
  /** `not-supported`: the source has no such search; `incomplete`: it sent something that cannot be used. */
  readonly code: 'forbidden' | 'transient' | 'timeout' | 'not-supported' | 'incomplete';
}

const texts: Readonly<Record<LiveIssue['code'], string>> = {
  forbidden: "The care provider's own server refuses this",
  transient: "The care provider's own server does not give this now",
  timeout: "The care provider's own server did not give this in time",
  'not-supported': "The care provider's own server does not offer this",
  incomplete: "The care provider's own server sent some of this in a form that cannot be used",
};

/** A search has all it asks for, or fails: what is not there must not look as if there were none. @throws Failure */
export function assertNotLacking(issues: readonly LiveIssue[], types: readonly string[]): void {
  const lacking = issues.filter(({ type, code }) => types.includes(type) && isRefusedOrLate(code));
  const [first] = lacking;
  if (first === undefined) return;
  const late = lacking.every(({ code }) => code === 'timeout');
  throw new Failure(late ? 'timeout' : 'unavailable', texts[first.code], { retryAfterSeconds: 5 });
}

/** What is there, but not given: unlike what the source has no search for. */
function isRefusedOrLate(code: LiveIssue['code']): boolean {
  return code === 'forbidden' || code === 'transient' || code === 'timeout';
}

/** The entry of a searchset that says what is not in it. */
export function lackingEntry(issues: readonly LiveIssue[]): SearchsetEntry[] {
  if (issues.length === 0) return [];
  const issue = issues.map(({ type, category, code }) => ({
    severity: code === 'not-supported' ? 'information' : 'warning',
    code,
    details: {
      coding: [
        category === undefined
          ? { system: 'http://hl7.org/fhir/resource-types', code: type }
          : { system: dataCategorySystem, code: category },
      ],
    },
    diagnostics: texts[code],
  }));
  return [
    { fullUrl: '', body: JSON.stringify({ resourceType: 'OperationOutcome', issue }), mode: 'outcome' },
  ];
}
