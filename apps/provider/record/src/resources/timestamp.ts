/** The years of FHIR's dates. What lies beyond them, by its zone, has no ISO 8601 without a sign: it is as good as endless. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const END = Date.parse('9999-12-31T23:59:59.999Z') + 1;

/** A moment as PostgreSQL's timestamptz reads it. */
export function toTimestamp(milliseconds: number): string {
  if (milliseconds < FIRST) return '-infinity';
  return milliseconds >= END ? 'infinity' : new Date(milliseconds).toISOString();
}
