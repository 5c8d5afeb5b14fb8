import { isObject, type Check } from './compiled-type.js';
import { readValueSet } from './element-table.js';

/** Required bindings (http://hl7.org/fhir/R4/terminologies.html#required) on value sets whose codes can be listed. */
export function codesOf(valueSet: string | undefined): ReadonlySet<string> | undefined {
  if (valueSet === undefined) return undefined;
  return new Set([...readValueSet(valueSet).values()].flatMap((codes) => [...codes]));
}

/** A CodeableConcept must have at least one coding from the value set; a Coding must be from it. */
export function compileBinding(check: Check, typeName: string, valueSet: string): Check {
  const systems = readValueSet(valueSet);
  const isMember = (coding: unknown): boolean => {
    if (!isObject(coding)) return false;
    const { system, code } = coding;
    return typeof system === 'string' && typeof code === 'string' && systems.get(system)?.has(code) === true;
  };
  const isBound = (value: unknown): boolean => {
    if (typeName === 'Coding') return isMember(value);
    return isObject(value) && Array.isArray(value['coding']) && value['coding'].some(isMember);
  };
  return (value, findings) => {
    check(value, findings);
    if (!isBound(value)) findings.add('code-invalid', 'No coding is from the required value set');
  };
}
