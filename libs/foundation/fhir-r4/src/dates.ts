/**
 * Dates and times of FHIR R4 (http://hl7.org/fhir/R4/datatypes.html#primitive), checked for being real: no 30 February,
 * no hour 25. A second of 60 is permitted for leap seconds; a time of day needs a zone.
 */
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?$/;
const ZONED_TIME = /([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/y;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

export function isDate(text: string): boolean {
  return (text.length === 10 || text.length === 7 || text.length === 4) && isDateUpTo(text, text.length);
}

function isDateUpTo(text: string, end: number): boolean {
  const year = numberAt(text, 0, 4);
  if (!(year > 0)) return false;
  if (end === 4) return true;
  const month = text[4] === '-' ? numberAt(text, 5, 7) : Number.NaN;
  const days = month > 0 ? daysInMonth(year, month) : 0;
  if (end === 7 || days === 0) return days > 0;
  const day = text[7] === '-' ? numberAt(text, 8, 10) : Number.NaN;
  return day > 0 && day <= days;
}

/** The number that digits say; NaN when one of them is no digit. */
function numberAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let position = start; position < end; position += 1) {
    const digit = text.charCodeAt(position) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

export function isDateTime(text: string): boolean {
  return text.length <= 10 ? isDate(text) : isInstant(text);
}

export function isInstant(text: string): boolean {
  if (text[10] !== 'T' || !isDateUpTo(text, 10)) return false;
  ZONED_TIME.lastIndex = 11;
  return ZONED_TIME.test(text);
}

export function isTime(text: string): boolean {
  return TIME.test(text);
}
