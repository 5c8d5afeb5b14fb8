import type { Period } from '../fhir-types.js';

/**
 * A period of which one end is less precise and has the other in it, with both as precisely as that one: they cannot be
 * compared otherwise, and FHIR's per-1 does not hold. Undefined when the period is well as it is.
 */
export function withOnePrecision({
  start,
  end,
}: Pick<Period, 'start' | 'end'>): Required<Pick<Period, 'start' | 'end'>> | undefined {
  if (start === undefined || end === undefined || start.length === end.length) return undefined;
  const precision = Math.min(start.length, end.length);
  if (precision > 10) return undefined;
  const [from, until] = [start.slice(0, precision), end.slice(0, precision)];
  return from === until ? { start: from, end: until } : undefined;
}
