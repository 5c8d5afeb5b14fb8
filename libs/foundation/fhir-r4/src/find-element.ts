import { lineageOf } from './compile.js';
import { readType, typeNames, type ElementDefinition } from './element-table.js';
import { primitiveTypes } from './primitives.js';

const known = new Set(typeNames);
const elements = new Map<string, ReadonlyMap<string, ElementDefinition>>();

/**
 * The definition of an element of a FHIR R4 type, inherited ones included. `type` is a resource, a data type or a part
 * of a resource (`Patient.contact`); a choice is found by its name without the type (`value`).
 */
export function findElement(type: string, name: string): ElementDefinition | undefined {
  if (!known.has(type)) return undefined;
  let ofType = elements.get(type);
  if (ofType === undefined) {
    const all = lineageOf(type).flatMap((ancestor) => readType(ancestor).elements);
    ofType = new Map(all.map((element) => [element.name, element]));
    elements.set(type, ofType);
  }
  return ofType.get(name);
}

/** True when `type` is `ancestor` or one of its specialisations. */
export function isKindOf(type: string, ancestor: string): boolean {
  return type === ancestor || (known.has(type) && lineageOf(type).includes(ancestor));
}

export function isTypeName(name: string): boolean {
  return known.has(name) || isPrimitiveType(name);
}

export function isPrimitiveType(name: string): boolean {
  return Object.hasOwn(primitiveTypes, name);
}
