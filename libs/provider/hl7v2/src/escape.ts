import { decodeBytes } from './charset.js';
import type { Hl7Delimiters } from './delimiters.js';

/**
 * Resolves escape sequences (HL7 v2.5 §2.7). Formatting commands become the line breaks and blanks they mean and
 * highlighting disappears; sequences we cannot resolve (\C..\, \M..\, \Z..\, an unclosed one) stay as they are.
 */
export function unescapeText(text: string, delimiters: Hl7Delimiters, encoding: string): string {
  const escape = delimiters.escape;
  if (escape === undefined) return text;
  let open = text.indexOf(escape);
  if (open < 0) return text;
  let result = '';
  let from = 0;
  while (open >= 0) {
    const close = text.indexOf(escape, open + 1);
    if (close < 0) break;
    const meaning = resolveSequence(text.slice(open + 1, close), delimiters, encoding);
    if (meaning === undefined) {
      // Not a sequence: the closing character may open the next one.
      result += text.slice(from, close);
      from = close;
      open = close;
      continue;
    }
    result += text.slice(from, open) + meaning;
    from = close + 1;
    open = text.indexOf(escape, from);
  }
  return result + text.slice(from);
}

function resolveSequence(sequence: string, delimiters: Hl7Delimiters, encoding: string): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'T':
      return delimiters.subcomponent;
    case 'P':
      return delimiters.truncation;
    case 'H':
    case 'N':
      return '';
  }
  if (/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence))
    return decodeBytes(Buffer.from(sequence.slice(1), 'hex'), encoding);
  return sequence.startsWith('.') ? resolveFormatting(sequence) : undefined;
}

/** Formatting commands of data type FT (HL7 v2.5 §2.7.6). */
function resolveFormatting(sequence: string): string | undefined {
  const [, command, amount] = /^\.(br|sp|in|ti|fi|nf|ce|sk)\s*([+-]?\d{1,2})?$/i.exec(sequence) ?? [];
  switch (command?.toLowerCase()) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return '\n'.repeat(Math.max(1, Number(amount ?? 1)));
    case 'sk':
      return ' '.repeat(Math.max(1, Number(amount ?? 1)));
    case 'in':
    case 'ti':
    case 'fi':
    case 'nf':
      return '';
    default:
      return undefined;
  }
}

/** Writes text as content of a field: delimiters and line ends become escape sequences. */
export function escapeText(text: string, delimiters: Hl7Delimiters): string {
  const escape = delimiters.escape;
  if (escape === undefined) return text.replace(/[\r\n]+/g, ' ');
  const sequences = new Map<string | undefined, string>([
    [delimiters.field, 'F'],
    [delimiters.component, 'S'],
    [delimiters.repetition, 'R'],
    [escape, 'E'],
    [delimiters.subcomponent, 'T'],
  ]);
  let result = '';
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const sequence = character === '\n' ? '.br' : sequences.get(character);
    result += sequence === undefined ? character : `${escape}${sequence}${escape}`;
  }
  return result;
}
