import { decimalValue, type Decimal } from '@samenhang/fhir-r4';
import type { Hl7Segment } from '@samenhang/hl7v2';
import { findDecimal } from '../datatypes/decimals.js';
import type { Observation, Quantity } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { withUnit } from './observation-value.js';

const BETWEEN = /^(-?[\d.,]+)\s*(?:-|–|_|tot|t\/m)\s*(-?[\d.,]+)$/;
const LIMIT = /^(<=?|>=?|≤|≥)\s*(-?[\d.,]+)$/;

/** OBX-7: always as it is written, and as limits where it plainly is two numbers or one with a sign. */
export function readReferenceRange(obx: Hl7Segment, run: Hl7Run): Observation['referenceRange'] {
  const text = textOf({ text: obx.field(7).fullText });
  if (text === undefined) return undefined;
  const quantity = (digits: string | undefined): Quantity | undefined => {
    const value = digits === undefined ? undefined : findDecimal(digits);
    return value === undefined ? undefined : withKnownUnit(value, obx, run);
  };
  const [, from, until] = BETWEEN.exec(text) ?? [];
  const [low, high] = [quantity(from), quantity(until)];
  if (
    low?.value !== undefined &&
    high?.value !== undefined &&
    decimalValue(low.value) <= decimalValue(high.value)
  )
    return [{ low, high, text }];
  const [, sign, limit] = LIMIT.exec(text) ?? [];
  const bound = quantity(limit);
  if (sign === undefined || bound === undefined) return [{ text }];
  return [sign.startsWith('<') || sign === '≤' ? { high: bound, text } : { low: bound, text }];
}

/** The range is in the unit of the result; an unknown unit was reported there already. */
function withKnownUnit(value: Decimal, obx: Hl7Segment, run: Hl7Run): Quantity {
  const issues = run.mapping.issues.length;
  const quantity = withUnit({ value }, obx, run);
  run.mapping.issues.length = issues;
  return quantity;
}
