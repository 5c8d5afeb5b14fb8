import { checkResource } from './compile.js';
import { isObject } from './compiled-type.js';
import { Findings, type ValidationIssue } from './findings.js';

/**
 * Whether a JSON value is a resource by the structure of FHIR R4 (4.0.1): known elements, cardinality, primitive types,
 * choices, required bindings, reference targets and the invariants that carry clinical meaning. Bundles, contained
 * resources and Parameters are checked through. Profiles are the official validator's business.
 *
 * @returns what is wrong; empty for a valid resource
 */
export function validateResource(resource: unknown): ValidationIssue[] {
  const root =
    isObject(resource) && typeof resource['resourceType'] === 'string'
      ? resource['resourceType']
      : 'Resource';
  const findings = new Findings(/^[A-Z][A-Za-z]{1,63}$/.test(root) ? root : 'Resource');
  checkResource(resource, findings);
  return findings.issues;
}
