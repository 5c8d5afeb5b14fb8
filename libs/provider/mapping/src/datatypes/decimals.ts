/**
 * Decimal numbers as Dutch and other sources write them: a comma or a point before the decimals. What could also be a
 * number with thousand separators, or has anything else in it, is no number.
 */
const DECIMAL = /^[+-]?(?:\d{1,18}(?:[.,]\d{1,18})?|[.,]\d{1,18})$/;

export function findDecimal(text: string): number | undefined {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return undefined;
  const value = Number(trimmed.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}

/** A number times a factor, without the digits that only binary arithmetic made. */
export function multiply(value: number, factor: number): number {
  return Number((value * factor).toPrecision(12));
}
