import { isRecord } from './json-shape.js';

/**
 * A number that JavaScript might print differently: trailing zeros are significant in FHIR decimals (R4 datatypes.html#decimal).
 * Only what stands where a number can is looked at: half of all identifiers have a digit before an e.
 */
const INEXACT = /[:[,]\s*(?:-0|-?\d+(?:\.\d*0(?![\d.])|\.0{6}|[\d.]{15}|[\d.]*[eE]))/;

type RawJson = { rawJSON(text: string): unknown };
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

const spellings = new WeakMap<object, Map<string, string>>();
/** Objects and lists, as they were parsed, with a number of which the spelling is remembered somewhere in them. */
const spelled = new WeakSet<object>();

/** JSON.parse that remembers how decimals were written, so that `stringifyExact` gives them back unchanged. */
export function parseExact(text: string): unknown {
  return INEXACT.test(text)
    ? JSON.parse(text, rememberSpelling as Parameters<typeof JSON.parse>[1])
    : JSON.parse(text);
}

/** JSON text with every decimal as its source wrote it. Objects may have been rearranged, not rebuilt. */
export function stringifyExact(value: unknown): string {
  // A replacer is dear, and most resources have no number that needs it.
  return holdsSpelling(value) ? stringifySpelled(value) : JSON.stringify(value);
}

/** The same of an object that is as it was parsed, but for one of its members. */
export function stringifyWithout(value: Readonly<Record<string, unknown>>, left: string): string {
  if (spelled.has(value)) return stringifySpelled(value, left);
  const { [left]: _left, ...rest } = value;
  return JSON.stringify(rest);
}

/** Of what is in an object that is as it was parsed: only where there is a number to be careful with care is taken. */
export function stringifyIn(parsed: Readonly<Record<string, unknown>>, value: unknown): string {
  return spelled.has(parsed) ? stringifyExact(value) : JSON.stringify(value);
}

/** Only where there is a number can there be a spelling of it: few objects need be looked up. */
function holdsSpelling(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  let hasNumber = false;
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === 'number') hasNumber = true;
    else if (typeof part === 'object' && holdsSpelling(part)) return true;
  }
  return hasNumber && spellings.has(value);
}

function stringifySpelled(value: unknown, left?: string): string {
  return JSON.stringify(value, function (this: unknown, key: string, part: unknown) {
    if (this === value && key === left) return undefined;
    if (typeof part !== 'number' || !isHolder(this)) return part;
    const source = spellings.get(this)?.get(key);
    return source === undefined || !('rawJSON' in JSON) ? part : (JSON as unknown as RawJson).rawJSON(source);
  });
}

const rememberSpelling: Reviver = function (this: unknown, key, value, context) {
  if (!isHolder(this)) return value;
  const source = context?.source;
  if (typeof value === 'number' && source !== undefined && String(value) !== source) {
    const known = spellings.get(this) ?? new Map<string, string>();
    spellings.set(this, known.set(key, source));
    spelled.add(this);
  }
  // What is inside comes before what is around it.
  if (isHolder(value) && spelled.has(value)) spelled.add(this);
  return value;
};

function isHolder(value: unknown): value is object {
  return isRecord(value) || Array.isArray(value);
}
