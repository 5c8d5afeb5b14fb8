import { decimalValue, exactDecimal, type Decimal } from '@samenhang/fhir-r4';

/**
 * Decimal numbers as Dutch and other sources write them: a comma or a point before the decimals. What could also be a
 * number with thousand separators, or has anything else in it, is no number.
 */
const DECIMAL = /^[+-]?(?:\d{1,18}(?:[.,]\d{1,18})?|[.,]\d{1,18})$/;

export function findDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return undefined;
  return exactDecimal(asJsonNumber(trimmed));
}

/** JSON knows no plus sign, no zeros before a number and no number that begins with its point. */
function asJsonNumber(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text
    .replace(/^[+-]/, '')
    .replace(',', '.')
    .replace(/^0+(?=\d)/, '');
  return `${sign}${digits.startsWith('.') ? '0' : ''}${digits}`;
}

/** A number times a factor, without the digits that only binary arithmetic made. */
export function multiply(value: Decimal, factor: number): number {
  return Number((decimalValue(value) * factor).toPrecision(12));
}
