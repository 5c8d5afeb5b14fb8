import type { CompiledType, JsonObject } from './compiled-type.js';
import { isObject } from './compiled-type.js';
import { MAX_DEPTH, type Findings } from './findings.js';

/** Checks a value against a type: every property known and right, none missing, no choice made twice, invariants kept. */
export function checkObject(type: CompiledType, value: unknown, findings: Findings): void {
  if (!isObject(value)) return findings.add('structure', 'An object is expected here');
  if (findings.path.length > MAX_DEPTH) return findings.add('too-long', 'Nested too deeply');
  let seen = 0;
  let isEmpty = true;
  for (const key in value) {
    if (key === 'resourceType' && type.name !== 'Element' && isResourceRoot(type)) continue;
    isEmpty = false;
    const property = type.properties.get(key);
    if (property === undefined) {
      findings.add('structure', `${type.name} has no such element`, key);
      continue;
    }
    if (property.form !== undefined && (seen & property.bit) !== 0)
      checkSingleForm(type, value, key, findings);
    seen |= property.bit;
    findings.path.push(property.element);
    property.check(value[key], findings, value);
    findings.path.pop();
  }
  if (isEmpty && !isResourceRoot(type))
    findings.add('invariant', 'ele-1: an element must have a value or children');
  if ((seen & type.requiredBits) !== type.requiredBits) reportMissing(type, seen, findings);
  for (const invariant of type.invariants) {
    if (!invariant.holds(value)) findings.add('invariant', `${invariant.key}: ${invariant.text}`);
  }
}

function isResourceRoot(type: CompiledType): boolean {
  return type.properties.has('implicitRules');
}

function checkSingleForm(type: CompiledType, value: JsonObject, key: string, findings: Findings): void {
  const property = type.properties.get(key);
  if (property?.form === undefined) return;
  for (const other in value) {
    if (other === key) return;
    const candidate = type.properties.get(other);
    if (candidate?.bit === property.bit && candidate.form !== property.form) {
      return findings.add('structure', 'Only one form of a choice element is permitted', property.element);
    }
  }
}

function reportMissing(type: CompiledType, seen: number, findings: Findings): void {
  for (const { element, bit } of type.required) {
    if ((seen & bit) === 0) findings.add('required', 'This element is required', element);
  }
}
