/** Of the ECMAScript proposal "JSON.parse source text access", in Node since 22; not yet in TypeScript's library. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

const sourceText = JSON as unknown as SourceTextJson;

/**
 * A decimal whose text a JavaScript number would not give back, as `1.10`: its precision is part of its meaning (FHIR
 * R4 datatypes.html#decimal). `JSON.stringify` writes it as it was. `structuredClone` does not know it.
 */
export interface ExactDecimal {
  readonly rawJSON: string;
}

/** A decimal of a resource: a number where that says all, else its text. */
export type Decimal = number | ExactDecimal;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The decimal that a JSON number's text says. */
export function exactDecimal(text: string): Decimal {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) throw new RangeError('Not a decimal in JSON');
  return String(value) === text ? value : (sourceText.rawJSON(text) as ExactDecimal);
}

export function isExactDecimal(value: unknown): value is ExactDecimal {
  return typeof value === 'object' && value !== null && sourceText.isRawJSON(value);
}

/** For calculating and comparing with; a value that leaves again is the decimal itself. */
export function decimalValue(decimal: Decimal): number {
  return typeof decimal === 'number' ? decimal : Number(decimal.rawJSON);
}

export function decimalText(decimal: Decimal): string {
  return typeof decimal === 'number' ? String(decimal) : decimal.rawJSON;
}

/** Stands for a number whose text would change, until the text around it is parsed. */
const MARK = '=number=';

/**
 * What comes before a number whose text may change: it ends in a zero behind the point, is near zero, long, or has an exponent.
 * Only the end of a key comes right before a colon outside of texts.
 */
const CHANGING = /:\s*(?=-?\d+(?:\.\d*0(?!\d)|\.0{6}|[\d.]{14}|[\d.]*[eE])|-0)/g;
const NUMBER_HERE = /-?\d[\d.eE+-]*/y;
const KEY_END = /"\w+"\s*:\s*$/;

/**
 * Parses JSON so that `JSON.stringify` gives each number back as it was written. Numbers whose text would change are
 * set apart first: to look at each through a reviver costs several times the parse. In lists FHIR has integers only.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  const pieces = setNumbersApart(text);
  if (pieces === undefined) return JSON.parse(text) as unknown;
  if (text.includes(MARK)) return parseWithReviver(text);
  const value = JSON.parse(pieces.join('')) as unknown;
  if (isBranch(value)) putNumbersBack(value);
  return value;
}

function setNumbersApart(text: string): string[] | undefined {
  let pieces: string[] | undefined;
  let done = 0;
  for (CHANGING.lastIndex = 0; CHANGING.test(text);) {
    const start = CHANGING.lastIndex;
    NUMBER_HERE.lastIndex = start;
    const [number = ''] = NUMBER_HERE.exec(text) ?? [];
    if (String(Number(number)) === number || !NUMBER.test(number)) continue;
    if (!KEY_END.test(text.slice(Math.max(0, start - 80), start))) continue;
    (pieces ??= []).push(text.slice(done, start), `{"${MARK}":"${number}"}`);
    done = start + number.length;
  }
  pieces?.push(text.slice(done));
  return pieces;
}

/** @returns the number that a value stands for; undefined when it is what it is */
function putNumbersBack(value: Record<string, unknown> | unknown[]): unknown {
  if (Array.isArray(value)) {
    for (const part of value) if (isBranch(part)) putNumbersBack(part);
    return undefined;
  }
  for (const key in value) {
    const part = value[key];
    if (key === MARK) return sourceText.rawJSON(String(part));
    if (!isBranch(part)) continue;
    const number = putNumbersBack(part);
    if (number !== undefined) value[key] = number;
  }
  return undefined;
}

function isBranch(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === 'object' && value !== null;
}

function parseWithReviver(text: string): unknown {
  return sourceText.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? sourceText.rawJSON(source)
      : value,
  );
}
