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

/**
 * Where a number may stand whose text would change: decimals that end in 0, exponents, a minus before 0 and what has
 * more digits than binary numbers tell apart. It may be wrong the safe way (inside a text), never the other.
 */
const MAY_CHANGE = /\.\d*0[\s,\]}]|\d[eE][+-]?\d|-0[\s,\]}]|\d[\d.]{15}|\.0{6}/;

/**
 * Parses JSON so that `JSON.stringify` gives each number back as it was written. Only where some number needs it is
 * each looked at: that costs several times an ordinary parse.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_CHANGE.test(text)) return JSON.parse(text) as unknown;
  return sourceText.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? sourceText.rawJSON(source)
      : value,
  );
}
