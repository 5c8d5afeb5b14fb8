import { decimalText, isExactDecimal, type Decimal } from '@samenhang/fhir-r4';
import type { Family } from '../fhirpath/term.js';
import { ViewRunError } from '../view-error.js';
import { compareTemporal } from './temporal.js';

/** A value of FHIR JSON; undefined stands for the empty collection. */
export type Value = unknown;

export function singleOf(values: readonly Value[], what: string): Value {
  if (values.length > 1) throw new ViewRunError(`${what}: more than one value where one is expected`);
  return values[0];
}

export function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (isExactDecimal(value)) return Number(value.rawJSON);
  throw new ViewRunError('A number is expected');
}

/** The text of a number as it was written. */
export function numberText(value: Value): string {
  return decimalText(value as Decimal);
}

/** True, false, or undefined for empty; another single value counts as true (FHIRPath N1, "Singleton evaluation"). */
export function truthOf(value: Value): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  return true;
}

/** Undefined when it cannot be told: two dates of different precision that agree as far as both go. */
export function isEqual(left: Value, right: Value, family: Family): boolean | undefined {
  if (family === 'temporal' && typeof left === 'string' && typeof right === 'string') {
    const order = compareTemporal(left, right);
    return order === undefined ? undefined : order === 0;
  }
  return isSame(left, right);
}

/** Deep equality of JSON values; numbers by value. */
export function isSame(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return isNumeric(left) && isNumeric(right) && numberOf(left) === numberOf(right);
  if (isExactDecimal(left) || isExactDecimal(right))
    return isNumeric(left) && isNumeric(right) && numberOf(left) === numberOf(right);
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        isSame((left as Record<string, Value>)[key], (right as Record<string, Value>)[key]),
    )
  );
}

function isNumeric(value: Value): boolean {
  return typeof value === 'number' || isExactDecimal(value);
}

/** Negative, zero or positive; undefined when it cannot be told. @throws ViewRunError for what has no order */
export function orderOf(left: Value, right: Value, family: Family): number | undefined {
  if (family === 'temporal' && typeof left === 'string' && typeof right === 'string')
    return compareTemporal(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareByCodePoint(left, right);
  return numberOf(left) - numberOf(right);
}

/** As PostgreSQL's collation "C" does; UTF-16 order differs beyond U+FFFF. */
function compareByCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
