import { isPresent, isRecord } from './elements.js';

/** Written by people for people: says nothing that the code beside it does not say. */
const presentation = new Set(['id', 'display', 'userSelected', 'version']);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The same text for the same clinical content, whatever the order of keys and lists or the spelling of an instant. */
export function canonical(value: unknown): string {
  return JSON.stringify(normalise(value)) ?? 'null';
}

/** The exact text of a resource with its keys in a fixed order, for comparing and sorting. */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sortKeys(part) : part)) ?? 'null';
}

function normalise(value: unknown): unknown {
  if (typeof value === 'string') return INSTANT.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) {
    const parts = value.filter(isPresent).map((part) => JSON.stringify(normalise(part)));
    return [...new Set(parts)].sort();
  }
  if (!isRecord(value)) return value;
  if (Array.isArray(value['coding']) && value['coding'].some(isPresent))
    return { coding: normalise(value['coding']) };
  if (isQuantity(value)) return normaliseQuantity(value);
  const kept = Object.entries(value).filter(([key, part]) => !presentation.has(key) && isPresent(part));
  return sortKeys(Object.fromEntries(kept.map(([key, part]) => [key, normalise(part)])));
}

function isQuantity(value: Record<string, unknown>): boolean {
  return typeof value['value'] === 'number' && ('unit' in value || 'code' in value || 'system' in value);
}

/** The UCUM code decides; the printed unit only where there is no code. The comparator changes the meaning. */
function normaliseQuantity(value: Record<string, unknown>): unknown {
  const unit = value['code'] ?? value['unit'] ?? null;
  return {
    comparator: value['comparator'] ?? null,
    extension: normalise(value['extension'] ?? null),
    unit,
    value: value['value'],
  };
}

function sortKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
