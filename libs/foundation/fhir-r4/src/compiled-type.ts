import type { Findings } from './findings.js';

/** Checks one JSON value that stands for an instance of a type. */
export type Check = (value: unknown, findings: Findings) => void;

/** Checks one property of an object; the object is at hand because a primitive and its `_sibling` belong together. */
export type PropertyCheck = (value: unknown, findings: Findings, owner: JsonObject) => void;

export type JsonObject = Readonly<Record<string, unknown>>;

/** A rule over several elements of one type, with the key FHIR gives it (e.g. `ext-1`). */
export interface Invariant {
  readonly key: string;
  readonly text: string;
  readonly holds: (object: JsonObject) => boolean;
}

export interface Property {
  readonly check: PropertyCheck;
  /** Bit of the element in the mask of elements seen; 0 for an optional element that is no choice. */
  readonly bit: number;
  /** The element's name: shared by the forms of a choice and by a primitive and its `_sibling`. */
  readonly element: string;
  /** The property without `_`, to tell the forms of one choice apart; undefined when the element is no choice. */
  readonly form: string | undefined;
}

/** Everything needed to check objects of one type, laid out for speed. */
export interface CompiledType {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
  readonly requiredBits: number;
  readonly required: readonly { readonly element: string; readonly bit: number }[];
  readonly invariants: readonly Invariant[];
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
