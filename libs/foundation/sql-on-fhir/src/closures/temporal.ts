/**
 * Dates and times of FHIR, compared and bounded as FHIRPath N1 says. The SQL engine's functions (sql/support.sql.ts) do the
 * same; both are held against each other in the tests.
 */
const DATE_TIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const TIME = /^(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?$/;

interface Parts {
  /** Number of parts given: year, month, day, minute (hours come with minutes), second (with its fraction). */
  readonly precision: number;
  readonly parts: readonly number[];
  readonly zone: string | undefined;
}

/** Undefined when it cannot be told, and for texts that are no dates. */
export function compareTemporal(left: string, right: string): number | undefined {
  const a = read(left);
  const b = read(right);
  if (a === undefined || b === undefined) return undefined;
  const hasTime = a.zone !== undefined && b.zone !== undefined && a.precision >= 5 && b.precision >= 5;
  const [first, second] = hasTime && a.zone !== b.zone ? [inUtc(a), inUtc(b)] : [a, b];
  // A time without a zone lies anywhere: only its date can be told from that of a time with one.
  const isVague = (a.zone === undefined) !== (b.zone === undefined) && a.precision > 3 && b.precision > 3;
  const shared = isVague ? 0 : Math.min(first.precision, second.precision);
  for (let index = 0; index < shared; index++) {
    const difference = (first.parts[index] ?? 0) - (second.parts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return first.precision === second.precision && !isVague ? 0 : undefined;
}

function read(text: string): Parts | undefined {
  const date = DATE_TIME.exec(text);
  if (date !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = date;
    return partsOf([year, month, day, hour, minute, second], fraction, zone);
  }
  const time = TIME.exec(text);
  if (time === null) return undefined;
  const [, hour, minute, second, fraction] = time;
  return partsOf([hour, minute, second], fraction, undefined);
}

/** Seconds and their fraction are one part: 10:00:00 equals 10:00:00.0. */
function partsOf(
  texts: readonly (string | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
): Parts {
  const parts = texts.filter((text) => text !== undefined).map(Number);
  const last = parts.length - 1;
  if (fraction !== undefined) parts[last] = Number(`${parts[last] ?? 0}.${fraction}`);
  return { precision: parts.length, parts, zone };
}

function inUtc({ parts, precision, zone = 'Z' }: Parts): Parts {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = zone === 'Z' ? 0 : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  const moved = new Date(Date.UTC(year, month - 1, day, hour, minute - offset));
  if (year < 100) moved.setUTCFullYear(moved.getUTCFullYear());
  const utc = [
    moved.getUTCFullYear(),
    moved.getUTCMonth() + 1,
    moved.getUTCDate(),
    moved.getUTCHours(),
    moved.getUTCMinutes(),
    second,
  ];
  return { parts: utc.slice(0, precision), precision, zone: 'Z' };
}

/** The first or last moment a date, time or dateTime may stand for, in full. */
export function temporalBoundary(text: string, type: string, side: 'low' | 'high'): string | undefined {
  if (type === 'time') return timeBoundary(text, side);
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, zone] = match;
  const wholeMonth = month ?? (side === 'low' ? '01' : '12');
  const wholeDay = day ?? (side === 'low' ? '01' : lastDayOf(Number(year), Number(wholeMonth)));
  const date = `${year}-${wholeMonth}-${wholeDay}`;
  if (type === 'date') return date;
  const clock =
    hour === undefined
      ? side === 'low'
        ? '00:00:00.000'
        : '23:59:59.999'
      : `${hour}:${minute ?? ''}:${seconds(second, fraction, side)}`;
  // The earliest zone is 14 hours ahead of UTC, the latest 12 behind.
  return `${date}T${clock}${zone ?? (side === 'low' ? '+14:00' : '-12:00')}`;
}

function timeBoundary(text: string, side: 'low' | 'high'): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour = '', minute, second, fraction] = match;
  return `${hour}:${minute ?? (side === 'low' ? '00' : '59')}:${seconds(second, fraction, side)}`;
}

function seconds(second: string | undefined, fraction: string | undefined, side: 'low' | 'high'): string {
  const fill = side === 'low' ? '0' : '9';
  return `${second ?? (side === 'low' ? '00' : '59')}.${(fraction ?? '').padEnd(3, fill).slice(0, 3)}`;
}

function lastDayOf(year: number, month: number): string {
  return String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, '0');
}
