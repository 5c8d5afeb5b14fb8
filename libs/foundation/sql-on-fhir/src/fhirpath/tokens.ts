import { FhirPathError } from './expression.js';

export type TokenKind =
  'identifier' | 'quoted' | 'string' | 'number' | 'temporal' | 'constant' | 'variable' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the source, for error texts. */
  readonly at: number;
}

const IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const DELIMITED = '`(?:[^`\\\\]|\\\\.)*`';
const patterns: readonly (readonly [TokenKind | 'blank', RegExp])[] = [
  ['blank', /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)/y],
  ['string', /'(?:[^'\\]|\\.)*'/y],
  [
    'temporal',
    /@(?:T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)/y,
  ],
  ['constant', new RegExp(`%(?:${IDENTIFIER}|${DELIMITED}|'(?:[^'\\\\]|\\\\.)*')`, 'y')],
  ['variable', /\$(?:this|index)\b/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['identifier', new RegExp(IDENTIFIER, 'y')],
  ['quoted', new RegExp(DELIMITED, 'y')],
  ['symbol', /(?:<=|>=|!=|[.,()[\]{}=<>+\-*/&|])/y],
];

/** @throws FhirPathError */
export function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const match = matchAt(source, at);
    if (match === undefined) throw new FhirPathError(`Unexpected character at position ${at + 1}`);
    const [kind, text] = match;
    if (kind !== 'blank') tokens.push({ kind, text: plain(kind, text), at });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function matchAt(source: string, at: number): readonly [TokenKind | 'blank', string] | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) return [kind, match[0]];
  }
  return undefined;
}

/** The text without its quotes and marks. */
function plain(kind: TokenKind, text: string): string {
  if (kind === 'string' || kind === 'quoted') return unescape(text.slice(1, -1));
  if (kind === 'temporal' || kind === 'variable') return text.slice(1);
  if (kind !== 'constant') return text;
  return /^%['`]/.test(text) ? unescape(text.slice(2, -1)) : text.slice(1);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_whole, escape: string) =>
    escape.length === 5 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : (escapes[escape] ?? escape),
  );
}
