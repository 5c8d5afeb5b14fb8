import { parseExactJson, validateResource, type ValidationIssue } from '@samenhang/fhir-r4';
import type { Draft } from '../fhir-types.js';

/**
 * Resources that describe people, places and organisations can lose a bad element and still be used. Of a clinical
 * statement no part can be taken out without the risk that the rest says something else.
 */
const separable: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
]);

/**
 * Invariants that the profile functions make good: a value without a kind, a status that is implied, one beside "entered in
 * error", which must not be lost over it.
 */
const mended = /^(?:cpt-2|ait-1|ait-2|con-4|con-5):/;

export interface Usability {
  /** The resource without what is wrong; undefined when it cannot be used. */
  readonly resource: Draft | undefined;
  readonly problems: readonly ValidationIssue[];
}

/** What of a resource is valid R4. */
export function usablePart(resource: Draft): Usability {
  const problems = validateResource(resource).filter((problem) => !mended.test(problem.text));
  if (problems.length === 0) return { resource, problems };
  if (!separable.has(resource.resourceType)) return { resource: undefined, problems };
  const pruned = parseExactJson(JSON.stringify(resource)) as Draft;
  for (const { expression } of [...problems].reverse()) removeElement(pruned, expression);
  const remaining = validateResource(pruned).filter((problem) => !mended.test(problem.text));
  return { resource: remaining.length === 0 ? pruned : undefined, problems };
}

function removeElement(resource: Draft, expression: string): void {
  const path = expression
    .split('.')
    .slice(1)
    .flatMap((step) => {
      const [, name = step, index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
      return index === undefined ? [name] : [name, Number(index)];
    });
  const last = path.pop();
  if (last === undefined || last === 'resourceType') return;
  let parent: unknown = resource;
  for (const step of path) {
    if (typeof parent !== 'object' || parent === null) return;
    parent = (parent as Record<string | number, unknown>)[step];
  }
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else if (typeof parent === 'object' && parent !== null)
    removeProperty(parent as Record<string, unknown>, last);
}

/** An expression names a choice by its stem (`deceased`), whatever the type of its value. */
function removeProperty(parent: Record<string, unknown>, name: string | number): void {
  for (const property of Object.keys(parent)) {
    const element = property.replace(/^_/, '');
    if (
      element === name ||
      (element.startsWith(String(name)) && /^[A-Z]/.test(element.slice(String(name).length)))
    ) {
      delete parent[property];
    }
  }
}
