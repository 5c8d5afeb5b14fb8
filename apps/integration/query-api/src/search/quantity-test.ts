import { Failure } from '@samenhang/errors';
import { splitUnescaped, unescapeValue } from '@samenhang/fhir-http';
import { comparableUnits } from '@samenhang/fhir-r4';
import { isRecord } from '../sources/json-shape.js';
import type { Interval } from './compare-intervals.js';

const UCUM = 'http://unitsofmeasure.org';
const QUANTITY = /^(eq|ne|gt|ge|lt|le|sa|eb|ap)?([+-]?\d+(?:\.(\d+))?(?:[eE][+-]?\d+)?)$/;

/**
 * `[prefix]number|system|code`; a number stands for all that round to it (http://hl7.org/fhir/R4/search.html#quantity). A
 * value in another unit of UCUM is converted where the table of units can; a unit that it does not know is only itself.
 */
export function quantityTest(text: string, name: string): (value: unknown) => boolean {
  const [number = '', system = '', code = ''] = splitUnescaped(text, '|').map(unescapeValue);
  const [, prefix = 'eq', digits = '', fraction = ''] = QUANTITY.exec(number) ?? [];
  if (digits === '') throw new Failure('malformed', `The value of ${name} is not a number`);
  const half = 0.5 * 10 ** -fraction.length;
  const wanted = { from: Number(digits) - half, until: Number(digits) + half };
  const isExact = prefix !== 'eq' && prefix !== 'ne' && prefix !== 'ap';
  const range = isExact ? { from: Number(digits), until: Number(digits) } : wanted;
  return (value) => {
    if (!isRecord(value) || typeof value['value'] !== 'number') return false;
    const inUnit = valueIn(value, value['value'], { system, code });
    return inUnit !== undefined && compareNumber(prefix, inUnit, range);
  };
}

/** The number in the unit that is asked; undefined when it cannot be said. */
function valueIn(
  quantity: Readonly<Record<string, unknown>>,
  number: number,
  { system, code }: { readonly system: string; readonly code: string },
): number | undefined {
  const hasSystem = system === '' || quantity['system'] === system;
  const hasUnit = code === '' || quantity['code'] === code || (system === '' && quantity['unit'] === code);
  if (hasSystem && hasUnit) return number;
  const isUcum = quantity['system'] === UCUM && (system === '' || system === UCUM);
  const ratio = isUcum ? comparableUnits(code)?.find((unit) => unit.code === quantity['code']) : undefined;
  return ratio === undefined ? undefined : (number * Number(ratio.multiply)) / Number(ratio.divide);
}

function compareNumber(prefix: string, value: number, { from, until }: Interval): boolean {
  switch (prefix) {
    case 'ne':
      return value < from || value >= until;
    case 'gt':
    case 'sa':
      return value > until;
    case 'ge':
      return value >= from;
    case 'lt':
    case 'eb':
      return value < from;
    case 'le':
      return value <= until;
    case 'ap':
      return Math.abs(value - (from + until) / 2) <= Math.abs((from + until) / 2) * 0.1;
    default:
      return value >= from && value < until;
  }
}
