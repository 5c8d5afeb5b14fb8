import { decimalValue } from '@samenhang/fhir-r4';
import type { Hl7Field, Hl7Repetition, Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { findDecimal } from '../datatypes/decimals.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation, Quantity } from '../fhir-types.js';
import { readCodedOrText } from './coded.js';
import { findTime } from './date-time.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';

export type ObservationValue = Partial<Observation>;

const COMPARED = /^(<=|>=|<|>|≤|≥)\s*(\S+)$/;
const comparators: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=' };
const embedded: ReadonlySet<string> = new Set(['ED', 'RP']);

/**
 * The value of an OBX as its type in OBX-2 says. A value that does not fit its type is kept as it was written, and
 * reported: a number that was read wrongly would be worse than a text.
 */
export function readValue(obx: Hl7Segment, run: Hl7Run): ObservationValue {
  const field = obx.field(5);
  const type = textOf(obx.field(2))?.toUpperCase();
  if (!field.hasValue) return { dataAbsentReason: concept(codeSystems.dataAbsentReason, 'unknown') };
  if (type !== undefined && embedded.has(type)) {
    throw new UnusablePart(
      'unsupported-value-type',
      'A document inside a result is not read by this version',
      field.path,
    );
  }
  if (type === undefined) {
    run.report('warning', 'missing-value-type', obx.field(2), 'The value has no type and is kept as text');
    return asText(field);
  }
  const isText = type === 'TX' || type === 'FT' || type === 'ST';
  if (field.repetitions.length > 1 && !isText) {
    run.report('warning', 'several-values', field, 'The result has several values; they are kept as text');
    return asText(field);
  }
  return readTyped(type, obx, field, run) ?? mismatch(field, run);
}

function readTyped(
  type: string,
  obx: Hl7Segment,
  field: Hl7Field,
  run: Hl7Run,
): ObservationValue | undefined {
  const value = field.repetition(1);
  switch (type) {
    case 'NM':
      return readNumber(value, obx, run);
    case 'SN':
      return readStructuredNumber(value, obx, run);
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
      return readCodedValue(value, run);
    case 'DT':
    case 'TS':
    case 'DTM': {
      const moment = run.dateTime(value);
      return moment === undefined ? undefined : { valueDateTime: moment };
    }
    case 'TM': {
      const time = findTime(textOf(value) ?? '');
      return time === undefined ? undefined : { valueTime: time };
    }
    default:
      return asText(field);
  }
}

function readNumber(value: Hl7Repetition, obx: Hl7Segment, run: Hl7Run): ObservationValue | undefined {
  const text = value.fullText?.trim() ?? '';
  const number = findDecimal(text);
  if (number !== undefined) return { valueQuantity: withUnit({ value: number }, obx, run) };
  const limit = readLimit(text);
  if (limit === undefined) return undefined;
  run.report(
    'warning',
    'value-type-mismatch',
    value,
    'A limit in a numeric value (NM); it is read as a limit',
  );
  return { valueQuantity: withUnit(limit, obx, run) };
}

/** "<0,1": a number with a comparator. */
function readLimit(text: string): Quantity | undefined {
  const [, sign = '', digits = ''] = COMPARED.exec(text) ?? [];
  const number = findDecimal(digits);
  return number === undefined ? undefined : { value: number, comparator: comparators[sign] ?? sign };
}

/** SN: comparator, number, separator, number. */
function readStructuredNumber(
  value: Hl7Repetition,
  obx: Hl7Segment,
  run: Hl7Run,
): ObservationValue | undefined {
  const [sign, first, separator, second] = [1, 2, 3, 4].map((number) => textOf(value.component(number)));
  if (first === undefined) return readNumber(value, obx, run);
  const low = findDecimal(first);
  if (low === undefined) return undefined;
  if (separator === undefined && second === undefined) {
    if (sign === undefined || sign === '=') return { valueQuantity: withUnit({ value: low }, obx, run) };
    const limit = readLimit(`${sign}${first}`);
    return limit === undefined ? undefined : { valueQuantity: withUnit(limit, obx, run) };
  }
  const high = second === undefined ? undefined : findDecimal(second);
  if (high === undefined || (sign !== undefined && sign !== '=')) return undefined;
  if (separator === '-' && decimalValue(low) <= decimalValue(high)) {
    return {
      valueRange: { low: withUnit({ value: low }, obx, run), high: withUnit({ value: high }, obx, run) },
    };
  }
  if (separator === ':' || separator === '/')
    return { valueRatio: { numerator: { value: low }, denominator: { value: high } } };
  return undefined;
}

/** A coded value without a code system and without a name beside it is a word, not a code. */
function readCodedValue(value: Hl7Repetition, run: Hl7Run): ObservationValue | undefined {
  const coded = readCodedOrText(value, run);
  return coded === undefined ? undefined : { valueCodeableConcept: coded };
}

export function withUnit(quantity: Quantity, obx: Hl7Segment, run: Hl7Run): Quantity {
  const units = obx.field(6).repetition(1);
  const whole = units.fullText?.trim() ?? '';
  // "10^9/l": a circumflex that should have been escaped is no component separator in a unit that we know.
  const unescaped = units.componentCount > 1 ? run.mapping.tables.findUnit(whole) : undefined;
  if (unescaped !== undefined) return { ...quantity, unit: whole, system: codeSystems.ucum, code: unescaped };
  const written = textOf(units.component(1)) ?? textOf(units.component(2));
  if (written === undefined) return quantity;
  const saysUcum = run.mapping.tables.findCodingSystem(textOf(units.component(3)) ?? '') === codeSystems.ucum;
  const code =
    saysUcum && run.mapping.tables.isUcum(written) ? written : run.mapping.tables.findUnit(written);
  if (code === undefined) {
    run.report('information', 'unmapped-unit', obx.field(6), 'The unit has no UCUM code and is kept as text');
    return { ...quantity, unit: written };
  }
  return { ...quantity, unit: written, system: codeSystems.ucum, code };
}

function asText(field: Hl7Field): ObservationValue {
  const text = field.repetitions
    .map((repetition) => repetition.fullText ?? '')
    .join('\n')
    .trim();
  return text === ''
    ? { dataAbsentReason: concept(codeSystems.dataAbsentReason, 'unknown') }
    : { valueString: text };
}

function mismatch(field: Hl7Field, run: Hl7Run): ObservationValue {
  run.report(
    'warning',
    'value-type-mismatch',
    field,
    'The value does not fit its type in OBX-2 and is kept as text',
  );
  return asText(field);
}
