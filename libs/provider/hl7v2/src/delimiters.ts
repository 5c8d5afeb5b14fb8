import { Hl7ParseError } from './parse-error.js';

/** The delimiters a message declares in MSH-1 and MSH-2. Right-most ones may be left out (HL7 v2.5 §2.5.4). */
export interface Hl7Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string | undefined;
  readonly escape: string | undefined;
  readonly subcomponent: string | undefined;
  /** Truncation character, from v2.7. */
  readonly truncation: string | undefined;
}

export const standardDelimiters: Hl7Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: undefined,
};

/** MSH-2 of these delimiters. */
export function encodingCharacters(delimiters: Hl7Delimiters): string {
  const { component, repetition, escape, subcomponent, truncation } = delimiters;
  return [component, repetition, escape, subcomponent, truncation]
    .filter((one) => one !== undefined)
    .join('');
}

const STANDARD = '|^~\\&|';

/**
 * Reads the delimiters of a message that starts with MSH. Letters, digits, blanks and control characters cannot
 * delimit: with them a message has no single reading.
 *
 * @throws Hl7ParseError
 */
export function readDelimiters(header: string): Hl7Delimiters {
  if (header.startsWith(STANDARD, 3)) return standardDelimiters;
  const field = header.charAt(3);
  if (!isDelimiter(field)) throw headerError(1, 'the field separator is missing or not a printable symbol');
  let end = 4;
  while (end < header.length && header.charAt(end) !== field && header.charAt(end) > ' ') end++;
  const declared = withoutDoubledEscape([...header.slice(4, end)]);
  if (declared.length < 1 || declared.length > 5)
    throw headerError(2, 'one to five encoding characters are required');
  if (!declared.every(isDelimiter)) throw headerError(2, 'an encoding character is not a printable symbol');
  if (new Set([field, ...declared]).size !== declared.length + 1)
    throw headerError(2, 'a delimiter is declared twice');
  const [component = '^', repetition, escape, subcomponent, truncation] = declared;
  return { field, component, repetition, escape, subcomponent, truncation };
}

/** `^~\\\\&`: senders whose backslash went through a source-code literal once too often. It has one sensible reading. */
function withoutDoubledEscape(declared: readonly string[]): readonly string[] {
  const [component, repetition, escape, doubled, ...rest] = declared;
  const isDoubled = rest.length === 1 && escape === doubled && escape === '\\';
  return isDoubled ? [component, repetition, escape, ...rest].filter((one) => one !== undefined) : declared;
}

function isDelimiter(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}

function headerError(field: number, detail: string): Hl7ParseError {
  return new Hl7ParseError('102', { segment: 'MSH', sequence: 1, field }, detail);
}
