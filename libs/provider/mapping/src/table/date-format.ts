import { isDate, isDateTime } from '@samenhang/fhir-r4';
import { offsetOfLocalTime } from '../hl7v2/time-zone.js';

/** Parts of a time from coarse to fine; a format has them without gaps, in any order. */
const parts = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] as const;
const TOKENS = /yyyy|MM|dd|HH|mm|ss/g;

export function isDateFormat(format: string): boolean {
  const tokens: readonly string[] = format.match(TOKENS) ?? [];
  const rest = format.replace(TOKENS, '');
  // A time of day without minutes is no FHIR time.
  const permitted = [1, 2, 3, 5, 6];
  return (
    permitted.includes(tokens.length) &&
    parts.slice(0, tokens.length).every((part) => tokens.includes(part)) &&
    !/[A-Za-z0-9]/.test(rest.replace('T', ''))
  );
}

interface Compiled {
  readonly pattern: RegExp;
  readonly tokens: readonly string[];
}

const compiled = new Map<string, Compiled>();

/** A FHIR date or dateTime of the precision that the format has; undefined when the text is not of the format. */
export function findDate(text: string, format: string, zone: string): string | undefined {
  const { pattern, tokens } = compile(format);
  const values = pattern.exec(text)?.slice(1);
  if (values === undefined) return undefined;
  const found = new Map(tokens.map((token, index) => [token, values[index] ?? '']));
  const [year = '', month, day, hour, minute, second] = parts.map((part) => found.get(part));
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (!isDate(date)) return undefined;
  if (hour === undefined || minute === undefined) return date;
  const local = `${date}T${hour}:${minute}:${second ?? '00'}`;
  const milliseconds = Date.parse(`${local}Z`);
  const offset = Number.isNaN(milliseconds) ? undefined : offsetOfLocalTime(milliseconds, zone).offsetMinutes;
  const time = offset === undefined ? undefined : `${local}${offsetText(offset)}`;
  return time !== undefined && isDateTime(time) ? time : undefined;
}

function compile(format: string): Compiled {
  const known = compiled.get(format);
  if (known !== undefined) return known;
  const tokens = format.match(TOKENS) ?? [];
  const source = format
    .split(TOKENS)
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .reduce((left, right, index) => `${left}(\\d{${tokens[index - 1]?.length ?? 2}})${right}`);
  const made = { pattern: new RegExp(`^${source}$`), tokens };
  compiled.set(format, made);
  return made;
}

function offsetText(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}
