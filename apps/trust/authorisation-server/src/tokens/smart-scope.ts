/** SMART 2 (http://hl7.org/fhir/smart-app-launch/STU2/scopes-and-launch-context.html): `patient/Observation.rs?category=laboratory`. */
const SMART_SCOPE =
  /^(?:patient|user|system)\/(?:[A-Z][A-Za-z]{1,63}|\*)\.(?=[cruds])c?r?u?d?s?(?:\?[\x21\x23-\x5b\x5d-\x7e]{1,500})?$/;

/** Such a scope only ever narrows what `view:read` gives, so that any client that has that may ask for it. */
export function isSmartScope(scope: string): boolean {
  return SMART_SCOPE.test(scope);
}

/** Those by which a client is registered, without what narrows them. */
export function withoutSmartScopes(scopes: Iterable<string>): Set<string> {
  return new Set([...scopes].filter((scope) => !isSmartScope(scope)));
}
