import { isRecord } from './json-shape.js';

/** A number that JavaScript would print differently: trailing zeros are significant in FHIR decimals (R4 datatypes.html#decimal). */
const INEXACT = /\d\.\d*0(?![\d.])|\d[eE]|\d{16}/;

type RawJson = { rawJSON(text: string): unknown };
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

const spellings = new WeakMap<object, Map<string, string>>();

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

/** The same for a Bundle: each entry is looked at by itself. */
export function stringifyBundle({ entry, ...head }: { readonly entry: readonly unknown[] }): string {
  const text = JSON.stringify(head);
  return `${text.slice(0, -1)},"entry":[${entry.map(stringifyExact).join(',')}]}`;
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

function stringifySpelled(value: unknown): string {
  return JSON.stringify(value, function (this: unknown, key: string, part: unknown) {
    if (typeof part !== 'number' || !isHolder(this)) return part;
    const source = spellings.get(this)?.get(key);
    return source === undefined || !('rawJSON' in JSON) ? part : (JSON as unknown as RawJson).rawJSON(source);
  });
}

const rememberSpelling: Reviver = function (this: unknown, key, value, context) {
  const source = context?.source;
  if (typeof value === 'number' && source !== undefined && String(value) !== source && isHolder(this)) {
    const known = spellings.get(this) ?? new Map<string, string>();
    spellings.set(this, known.set(key, source));
  }
  return value;
};

function isHolder(value: unknown): value is object {
  return isRecord(value) || Array.isArray(value);
}
