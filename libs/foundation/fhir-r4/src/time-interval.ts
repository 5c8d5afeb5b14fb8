import { isDate, isDateTime } from './dates.js';

/**
 * The stretch of time a FHIR date, dateTime or instant stands for: as long as its precision leaves open
 * (http://hl7.org/fhir/R4/search.html#date). Half-open: `until` is the first moment after it. Milliseconds since 1970.
 */
export interface TimeInterval {
  readonly from: number;
  readonly until: number;
}

/** Dates without a zone are days in the Netherlands: a lab result of half past midnight belongs to that day. */
const ZONE = 'Europe/Amsterdam';
const ZONED = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;
const CACHE_LIMIT = 20_000;

const zoneFormat = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, timeZoneName: 'longOffset' });
const midnights = new Map<string, number>();

/** Undefined when the text is no date. A time without seconds or zone is accepted, as search parameters may have it. */
export function findTimeInterval(text: string): TimeInterval | undefined {
  if (text.length <= 10) return isDate(text) ? intervalOfDate(text) : undefined;
  const match = ZONED.exec(text);
  if (match === null) return undefined;
  const [, minute = '', second, fraction, zone] = match;
  if (!isDateTime(`${minute}${second ?? ':00'}${fraction ?? ''}${zone ?? 'Z'}`)) return undefined;
  // A leap second is told as the second before it: JavaScript's clock has none.
  const clock = `${minute}${(second ?? ':00').replace(':60', ':59')}${(fraction ?? '').slice(0, 4)}`;
  const from = zone === undefined ? inZone(clock) : Date.parse(clock + zone);
  const length = second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1;
  return { from, until: from + length };
}

function intervalOfDate(text: string): TimeInterval {
  const [year = '', month, day] = text.split('-');
  const next = new Date(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`);
  if (day !== undefined) next.setUTCDate(next.getUTCDate() + 1);
  else if (month !== undefined) next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCFullYear(next.getUTCFullYear() + 1);
  return {
    from: midnight(`${year}-${month ?? '01'}-${day ?? '01'}`),
    until: midnight(next.toISOString().split('T', 1)[0] ?? ''),
  };
}

/** Dates repeat a great deal, and the zone's offset is dear to find. */
function midnight(date: string): number {
  const known = midnights.get(date);
  if (known !== undefined) return known;
  if (midnights.size >= CACHE_LIMIT) midnights.clear();
  const moment = inZone(`${date}T00:00:00`);
  midnights.set(date, moment);
  return moment;
}

function inZone(clock: string): number {
  const asIfUtc = Date.parse(`${clock}Z`);
  const guess = asIfUtc - offsetAt(asIfUtc);
  return asIfUtc - offsetAt(guess);
}

function offsetAt(moment: number): number {
  const name = zoneFormat.formatToParts(moment).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(name);
  if (match?.[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1 : 1) * seconds * 1000;
}
