/**
 * Dates and times of FHIR R4 (http://hl7.org/fhir/R4/datatypes.html#primitive), checked for being real: no 30 February,
 * no hour 25. A second of 60 is permitted for leap seconds; a time of day needs a zone.
 */
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?$/;
const ZONED_TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

export function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (match === null) return false;
  const [, year, month, day] = match;
  if (year === '0000') return false;
  if (month === undefined) return true;
  const days = daysInMonth(Number(year), Number(month));
  return days > 0 && (day === undefined || (day !== '00' && Number(day) <= days));
}

export function isDateTime(text: string): boolean {
  return text.length <= 10 ? isDate(text) : isInstant(text);
}

export function isInstant(text: string): boolean {
  return text[10] === 'T' && isDate(text.slice(0, 10)) && ZONED_TIME.test(text.slice(11));
}

export function isTime(text: string): boolean {
  return TIME.test(text);
}
