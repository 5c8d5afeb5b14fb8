import { isDate, isDateTime, isInstant, isTime } from './dates.js';

/** A primitive type: the JSON type that carries it, and which values of that type it admits. */
export interface PrimitiveType {
  readonly json: 'string' | 'number' | 'boolean';
  readonly admits: (value: never) => boolean;
}

const MAX_STRING_LENGTH = 1_048_576;
// Strings hold no control characters other than tab, line feed and carriage return.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
const VISIBLE = /\S/;

/** Up to this length a look at each character is faster than the rules that hold for all texts. */
const SHORT = 100;

/** Whether a short text has printable ASCII only, and something to see: what nearly all have. */
function isPlain(text: string, least: number): boolean {
  const { length } = text;
  if (length > SHORT) return false;
  let seen = 0;
  for (let position = 0; position < length; position += 1) {
    const code = text.charCodeAt(position);
    if (code < least || code > 0x7e) return false;
    seen |= code ^ 0x20;
  }
  return seen !== 0;
}

function isString(text: string): boolean {
  if (isPlain(text, 0x20)) return true;
  return text.length <= MAX_STRING_LENGTH && VISIBLE.test(text) && !CONTROL.test(text) && text.isWellFormed();
}

const matching = (pattern: RegExp): PrimitiveType => ({
  json: 'string',
  admits: (text: string) => pattern.test(text),
});
const withoutBlanks = (pattern: RegExp): PrimitiveType => ({
  json: 'string',
  admits: (text: string) => isPlain(text, 0x21) || pattern.test(text),
});
const string: PrimitiveType = { json: 'string', admits: isString };
const code = /^[^\s\p{Cc}\p{Cs}]+( [^\s\p{Cc}\p{Cs}]+)*$/u;
const uri = withoutBlanks(/^[^\s\p{Cc}\p{Cs}]+$/u);

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
function isBase64(text: string): boolean {
  return BASE64.test(text) && text.replaceAll(/\s/g, '').length % 4 === 0 && text.length > 0;
}

const integerFrom = (least: number): PrimitiveType => ({
  json: 'number',
  admits: (value: number) => Number.isInteger(value) && value >= least && value <= 2_147_483_647,
});

// Narrative is shown to people: active content is refused, as R4 demands (narrative.html#xhtml, txt-1).
const DIV = /^\s*<div[\s>][^]*<\/div>\s*$|^\s*<div[^>]*\/>\s*$/;
const ACTIVE =
  /<\s*(script|iframe|object|embed|form|input|link|meta|base|frame|style|svg)[\s/>]|\son[a-z]+\s*=|javascript:/i;

export const primitiveTypes: Readonly<Record<string, PrimitiveType>> = {
  boolean: { json: 'boolean', admits: () => true },
  decimal: { json: 'number', admits: Number.isFinite },
  integer: integerFrom(-2_147_483_648),
  unsignedInt: integerFrom(0),
  positiveInt: integerFrom(1),
  string,
  markdown: string,
  code: withoutBlanks(code),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/),
  uri,
  url: uri,
  canonical: uri,
  oid: matching(/^urn:oid:[0-2](\.(0|[1-9]\d*))+$/),
  uuid: matching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  base64Binary: { json: 'string', admits: isBase64 },
  date: { json: 'string', admits: isDate },
  dateTime: { json: 'string', admits: isDateTime },
  instant: { json: 'string', admits: isInstant },
  time: { json: 'string', admits: isTime },
  xhtml: { json: 'string', admits: (text: string) => isString(text) && DIV.test(text) && !ACTIVE.test(text) },
};
