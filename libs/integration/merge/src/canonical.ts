import { isPresent, isRecord } from './elements.js';

/** Written by people for people: says nothing that the code beside it does not say. */
const presentation = new Set(['id', 'display', 'userSelected', 'version']);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The same text for the same clinical content, whatever the order of keys and lists or the spelling of an instant. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(INSTANT.test(value) ? instantOf(value) : value);
  if (Array.isArray(value)) return canonicalList(value);
  return isRecord(value) ? canonicalRecord(value) : (JSON.stringify(value) ?? 'null');
}

/** The exact text of a resource with its keys in a fixed order, for comparing and sorting. */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sortKeys(part) : part)) ?? 'null';
}

function instantOf(text: string): string {
  return new Date(text).toISOString();
}

function canonicalList(list: readonly unknown[]): string {
  const parts = list.filter(isPresent).map(canonical);
  return `[${[...new Set(parts)].sort().join(',')}]`;
}

function canonicalRecord(value: Record<string, unknown>): string {
  const { coding } = value;
  if (Array.isArray(coding) && coding.some(isPresent)) return `{"coding":${canonicalList(coding)}}`;
  if (isQuantity(value)) return canonicalQuantity(value);
  const kept = Object.keys(value).filter((key) => !presentation.has(key) && isPresent(value[key]));
  const parts = kept.sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${parts.join(',')}}`;
}

function isQuantity(value: Record<string, unknown>): boolean {
  return typeof value['value'] === 'number' && ('unit' in value || 'code' in value || 'system' in value);
}

/** The UCUM code decides; the printed unit only where there is no code. The comparator changes the meaning. */
function canonicalQuantity({ comparator, extension, code, unit, value }: Record<string, unknown>): string {
  const parts = [comparator, extension, code ?? unit, value].map(canonical);
  return `{"quantity":[${parts.join(',')}]}`;
}

function sortKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
