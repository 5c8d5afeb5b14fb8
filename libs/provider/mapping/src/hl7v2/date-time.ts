import { offsetOfLocalTime } from './time-zone.js';

const DTM = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,4}))?)?)?)?)?)?([+-]\d{4})?$/;

export type DateTime =
  | {
      /** FHIR dateTime, no more precise than what was sent. */
      readonly value: string;
      /** What the reader should know: the time was left out or could mean two instants. */
      readonly remark?: 'unknown-parts' | 'hour-only' | 'ambiguous-local-time' | 'no-such-local-time';
    }
  | { readonly problem: 'invalid-date' };

const invalid: DateTime = { problem: 'invalid-date' };

/**
 * A point in time of HL7 v2 (data types DT, DTM and TS) as a FHIR dateTime with the same precision. Without an offset the
 * source's time zone holds. A date that does not exist is a problem, never shifted; zeros for the month or day are how
 * Dutch registries write that part as unknown.
 */
export function readDateTime(text: string, timeZone: string): DateTime {
  const [, year = '', month, day, hour, minute, second, fraction, offset] = DTM.exec(text.trim()) ?? [];
  if (year === '' || year === '0000') return invalid;
  if (month === undefined) return { value: year };
  if (month === '00') return zeros(day, hour, minute) ? { value: year, remark: 'unknown-parts' } : invalid;
  if (Number(month) > 12) return invalid;
  if (day === undefined) return { value: `${year}-${month}` };
  if (day === '00')
    return zeros(hour, minute, second) ? { value: `${year}-${month}`, remark: 'unknown-parts' } : invalid;
  if (Number(day) > daysOf(Number(year), Number(month))) return invalid;
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return { value: date };
  if (Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return invalid;
  if (minute === undefined) return { value: date, remark: 'hour-only' };
  const time = `${hour}:${minute}:${second ?? '00'}`;
  const moment = `${date}T${time}${fraction === undefined ? '' : `.${fraction}`}`;
  if (offset !== undefined) return withStatedOffset(moment, offset);
  return withZone(date, moment, Date.parse(`${date}T${time}Z`), timeZone);
}

function withStatedOffset(moment: string, offset: string): DateTime {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3))];
  if (hours > 14 || minutes > 59) return invalid;
  return { value: `${moment}${offset.slice(0, 3)}:${offset.slice(3)}` };
}

function withZone(date: string, moment: string, local: number, timeZone: string): DateTime {
  const { offsetMinutes, isAmbiguous } = offsetOfLocalTime(local, timeZone);
  if (offsetMinutes === undefined) return { value: date, remark: 'no-such-local-time' };
  const value = moment + formatOffset(offsetMinutes);
  return isAmbiguous ? { value, remark: 'ambiguous-local-time' } : { value };
}

function formatOffset(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function zeros(...parts: (string | undefined)[]): boolean {
  return parts.every((part) => part === undefined || /^0*$/.test(part));
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(2000, month, 0)).getUTCDate() - (month === 2 && !isLeap(year) ? 1 : 0);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

const TM = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d(?:\.\d{1,4})?)?(?:[+-]\d{4})?$/;

/** A time of day (TM) as a FHIR time; undefined when it is none. */
export function findTime(text: string): string | undefined {
  const [, hour, minute, second] = TM.exec(text.trim()) ?? [];
  return hour === undefined || minute === undefined ? undefined : `${hour}:${minute}:${second ?? '00'}`;
}

/** What a remark or problem means, for a report. */
export const dateTimeTexts = {
  'invalid-date': 'This is not an existing date or time; it is left out',
  'unknown-parts': 'Month or day is zero, so unknown; the date is kept without it',
  'hour-only': 'The time has no minutes; only the date is kept',
  'ambiguous-local-time': 'The local time occurred twice that night; the first is taken',
  'no-such-local-time': 'Summer time skipped this local time; only the date is kept',
} as const;
