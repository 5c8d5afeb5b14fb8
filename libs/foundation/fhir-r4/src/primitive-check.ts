import { isExactDecimal } from './exact-json.js';
import type { Check, PropertyCheck } from './compiled-type.js';
import type { Findings } from './findings.js';
import type { PrimitiveType } from './primitives.js';

/**
 * Primitives in JSON (http://hl7.org/fhir/R4/json.html#primitive): the value under the element's name, its id and
 * extensions under `_name`; in arrays, `null` keeps the two in step.
 */
export function compilePrimitive(
  name: string,
  type: PrimitiveType,
  codes: ReadonlySet<string> | undefined,
): Check {
  const { json } = type;
  const admits = type.admits as (value: unknown) => boolean;
  return (value, findings) => {
    // An exact decimal has the form of a JSON number by construction.
    if (name === 'decimal' && isExactDecimal(value)) return;
    if (typeof value !== json) findings.add('structure', `A ${json} is expected here, for the type ${name}`);
    else if (!admits(value)) findings.add('value', `Not a valid ${name}`);
    else if (codes !== undefined && !codes.has(value as string)) {
      findings.add('code-invalid', 'The code is not in the required value set');
    }
  };
}

export function primitiveArrayProperty(check: Check, siblingName: string): PropertyCheck {
  return (value, findings, owner) => {
    const sibling = owner[siblingName];
    checkItems(value, findings, (item, index) => {
      if (item !== null) check(item, findings);
      else if (!hasItem(sibling, index))
        findings.add('structure', 'null is only permitted beside an extension');
    });
  };
}

/** A code of a required binding is not replaced by an extension: the HL7 validator wants one (terminologies.html#required). */
export function besidePrimitive(check: Check, primitiveName: string, isBound: boolean): PropertyCheck {
  if (!isBound) return check;
  return (value, findings, owner) => {
    check(value, findings);
    if (owner[primitiveName] === undefined)
      findings.add('code-invalid', 'A code of the required value set is expected here');
  };
}

export function siblingArrayProperty(check: Check, primitiveName: string): PropertyCheck {
  return (value, findings, owner) => {
    const primitive = owner[primitiveName];
    checkItems(value, findings, (item, index) => {
      if (item !== null) check(item, findings);
      else if (!hasItem(primitive, index)) findings.add('structure', 'null is only permitted beside a value');
    });
  };
}

function hasItem(list: unknown, index: number): boolean {
  return Array.isArray(list) && list[index] !== undefined && list[index] !== null;
}

export function checkItems(
  value: unknown,
  findings: Findings,
  checkItem: (item: unknown, index: number) => void,
): void {
  if (!Array.isArray(value)) return findings.add('structure', 'An array is expected here');
  if (value.length === 0) return findings.add('structure', 'An array must not be empty');
  for (let index = 0; index < value.length; index += 1) {
    findings.path.push(index);
    checkItem(value[index], index);
    findings.path.pop();
  }
}
