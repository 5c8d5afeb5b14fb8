import type { Check, CompiledType, JsonObject, Property, PropertyCheck } from './compiled-type.js';
import { isObject } from './compiled-type.js';
import { codesOf, compileBinding } from './bindings.js';
import { readType, typeNames, type ElementDefinition, type ElementType } from './element-table.js';
import type { Findings } from './findings.js';
import { invariantsOf } from './invariants.js';
import { checkObject } from './object-check.js';
import {
  besidePrimitive,
  checkItems,
  compilePrimitive,
  primitiveArrayProperty,
  siblingArrayProperty,
} from './primitive-check.js';
import { primitiveTypes } from './primitives.js';
import { compileReference } from './reference-check.js';

interface MutableType extends CompiledType {
  properties: Map<string, Property>;
  requiredBits: number;
  required: { element: string; bit: number }[];
}

const compiled = new Map<string, CompiledType>();
const resourceTypes = new Set(
  typeNames
    .filter((name) => !name.includes('.'))
    .map(readType)
    .filter((type) => type.isResource && !type.isAbstract)
    .map((type) => type.name),
);

export function isResourceType(name: string): boolean {
  return resourceTypes.has(name);
}

/** Compiled on first use and kept: a process that never meets a Claim does not pay for it. */
export function compiledType(name: string): CompiledType {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const type: MutableType = {
    name,
    properties: new Map(),
    requiredBits: 0,
    required: [],
    invariants: invariantsOf(name, lineageOf(name)),
  };
  compiled.set(name, type);
  let nextBit = 1;
  for (const element of elementsOf(name)) {
    const isTracked = element.isRequired || element.isChoice;
    if (isTracked && nextBit > 2 ** 30)
      throw new RangeError(`${name} has too many required elements for one mask`);
    const bit = isTracked ? nextBit : 0;
    if (isTracked) nextBit *= 2;
    if (element.isRequired) {
      type.requiredBits |= bit;
      type.required.push({ element: element.name, bit });
    }
    addProperties(type.properties, element, bit);
  }
  return type;
}

export function lineageOf(name: string): string[] {
  const { base } = readType(name);
  return base === undefined ? [name] : [...lineageOf(base), name];
}

function elementsOf(name: string): readonly ElementDefinition[] {
  return lineageOf(name).flatMap((ancestor) => readType(ancestor).elements);
}

function addProperties(properties: Map<string, Property>, element: ElementDefinition, bit: number): void {
  for (const type of element.types) {
    const name = element.isChoice
      ? element.name + type.name.charAt(0).toUpperCase() + type.name.slice(1)
      : element.name;
    const form = element.isChoice ? name : undefined;
    const property = (check: PropertyCheck): Property => ({ check, bit, element: element.name, form });
    const check = compileCheck(element, type);
    const primitive = Object.hasOwn(primitiveTypes, type.name);
    const sibling = `_${name}`;
    if (!element.isArray) properties.set(name, property(check));
    else properties.set(name, property(primitive ? primitiveArrayProperty(check, sibling) : arrayOf(check)));
    if (!primitive) continue;
    const extra = lazily('Element');
    const beside = element.isArray
      ? siblingArrayProperty(extra, name)
      : besidePrimitive(extra, name, element.valueSet !== undefined);
    properties.set(sibling, property(beside));
  }
}

const arrayOf =
  (check: Check): PropertyCheck =>
  (value, findings) =>
    checkItems(value, findings, (item) => check(item, findings));

function compileCheck(element: ElementDefinition, type: ElementType): Check {
  const primitive = Object.hasOwn(primitiveTypes, type.name) ? primitiveTypes[type.name] : undefined;
  if (primitive !== undefined) return compilePrimitive(type.name, primitive, codesOf(element.valueSet));
  if (type.name === 'Resource') return checkNestedResource(element.name === 'contained');
  const check = lazily(type.name);
  if (type.name === 'Reference') return compileReference(check, type.targets, isResourceType);
  return element.valueSet === undefined ? check : compileBinding(check, type.name, element.valueSet);
}

/** Types refer to each other and to themselves: the check is looked up when first used. */
function lazily(name: string): Check {
  let type: CompiledType | undefined;
  return (value, findings) => checkObject((type ??= compiledType(name)), value, findings);
}

/** A resource inside another: what type it is, it says itself. A contained one may not contain others (dom-2). */
function checkNestedResource(isContained: boolean): Check {
  return (value, findings) => {
    if (isContained && isObject(value)) checkContained(value, findings);
    checkResource(value, findings);
  };
}

export function checkResource(value: unknown, findings: Findings): void {
  if (!isObject(value)) return findings.add('structure', 'A resource is expected here');
  const { resourceType } = value;
  if (typeof resourceType !== 'string')
    return findings.add('required', 'A resource names its type', 'resourceType');
  if (!isResourceType(resourceType))
    return findings.add('structure', 'Not a resource type of FHIR R4', 'resourceType');
  checkObject(compiledType(resourceType), value, findings);
}

function checkContained(resource: JsonObject, findings: Findings): void {
  if ('contained' in resource)
    findings.add('invariant', 'dom-2: a contained resource shall not contain others', 'contained');
  const meta = isObject(resource['meta']) ? resource['meta'] : {};
  if ('versionId' in meta || 'lastUpdated' in meta) {
    findings.add('invariant', 'dom-4: a contained resource has no version of its own', 'meta');
  }
}
