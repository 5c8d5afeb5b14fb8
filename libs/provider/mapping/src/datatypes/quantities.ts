import { decimalText, decimalValue } from '@samenhang/fhir-r4';
import { codeSystems } from '../fhir-systems.js';
import type { Quantity } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { multiply } from './decimals.js';

/** Conversions between units that a zib profile allows and those that sources use. Exact by definition of the units. */
const conversions: Readonly<Record<string, Readonly<Record<string, (value: number) => number>>>> = {
  kg: {
    '[lb_av]': (value) => multiply(value, 0.45359237),
    '[oz_av]': (value) => multiply(value, 0.028349523125),
  },
  cm: { m: (value) => multiply(value, 100), mm: (value) => multiply(value, 0.1) },
  Cel: {
    '[degF]': (value) => Number((((value - 32) * 5) / 9).toFixed(2)),
    K: (value) => Number((value - 273.15).toFixed(2)),
  },
  '/min': { '{beats}/min': (value) => value, '{Beats}/min': (value) => value },
  'mm[Hg]': { kPa: (value) => Number((value * 7.500615758).toFixed(1)) },
};

/** Gives a quantity its UCUM code when its unit is known; an unknown unit stays as text. */
export function codeUnit(quantity: Quantity, tables: CodeTables): void {
  if (quantity.system !== undefined || quantity.unit === undefined) return;
  const code = tables.findUnit(quantity.unit);
  if (code === undefined) return;
  quantity.system = codeSystems.ucum;
  quantity.code = code;
}

/**
 * The quantity in a unit that a profile allows: as it is, or converted exactly. Undefined when it cannot be.
 * Comparators and the quantity's other elements are kept.
 */
export function inUnit(quantity: Quantity, allowed: readonly string[]): Quantity | undefined {
  if (quantity.system !== codeSystems.ucum || quantity.code === undefined) return undefined;
  if (allowed.includes(quantity.code)) return quantity;
  for (const target of allowed) {
    const convert = conversions[target]?.[quantity.code];
    if (convert === undefined) continue;
    return {
      ...quantity,
      ...(quantity.value === undefined ? {} : { value: convert(decimalValue(quantity.value)) }),
      unit: target,
      code: target,
    };
  }
  return undefined;
}

export function quantityInWords(quantity: Quantity): string {
  const value = quantity.value === undefined ? '' : decimalText(quantity.value);
  return `${quantity.comparator ?? ''}${value} ${quantity.unit ?? quantity.code ?? ''}`.trim();
}
