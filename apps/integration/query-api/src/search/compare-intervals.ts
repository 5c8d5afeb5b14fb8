import type { DatePrefix } from '@samenhang/fhir-http';

/** Half-open: `until` is the first moment after it. Milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** A value's interval against the one that is searched for (http://hl7.org/fhir/R4/search.html#prefix). */
export function compareIntervals(prefix: DatePrefix, value: Interval, asked: Interval): boolean {
  const isWithin = value.from >= asked.from && value.until <= asked.until;
  switch (prefix) {
    case 'eq':
      return isWithin;
    case 'ne':
      return !isWithin;
    case 'gt':
      return value.until > asked.until;
    case 'ge':
      return value.until > asked.from;
    case 'lt':
      return value.from < asked.from;
    case 'le':
      return value.from < asked.until;
    case 'sa':
      return value.from >= asked.until;
    case 'eb':
      return value.until <= asked.from;
    case 'ap':
      return value.from < asked.until && value.until > asked.from;
  }
}
