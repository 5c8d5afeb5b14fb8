import type { FailureIssue } from '@samenhang/errors';
import { validateResource } from '@samenhang/fhir-r4';

export type FhirVersion = 'r4' | 'stu3';

/** What is wrong with a resource. Of STU3 there are no definitions here: only what every resource has is looked at. */
export function findIssues(content: unknown, version: FhirVersion): readonly FailureIssue[] {
  if (version === 'r4') return validateResource(content);
  const { resourceType } = (content ?? {}) as { resourceType?: unknown };
  return typeof resourceType === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(resourceType)
    ? []
    : [{ text: 'A resource says of which type it is', expression: 'resourceType' }];
}
