/** A decimal in JSON: sign, digits before and after the point, exponent. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The lowest or highest value that is written so when rounded: half a unit of the last digit given below or above
 * (FHIRPath N2, `lowBoundary`). Counts in whole units of half a digit, so that no binary fraction comes in.
 */
export function decimalBoundary(text: string, side: 'low' | 'high'): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  // An exponent moves the point; what it makes whole is precise to one.
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(`${sign}${whole}${fraction}`) * (shift > 0 ? 10n ** BigInt(shift) : 1n) * 10n;
  return plain(digits + (side === 'low' ? -5n : 5n), Math.max(0, -shift) + 1);
}

function plain(units: bigint, places: number): string {
  if (places <= 0) return String(units * 10n ** BigInt(-places));
  const negative = units < 0n;
  const text = String(negative ? -units : units).padStart(places + 1, '0');
  const fraction = text.slice(-places).replace(/0+$/, '');
  const whole = text.slice(0, -places);
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
