import { FhirPathError, type Expression, type LiteralType, type Operator } from './expression.js';
import { tokenise, type Token } from './tokens.js';

/** Binding strength of the operators, weakest first (FHIRPath N1, "Operator precedence"). */
const strengths: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
];

const strengthOf: ReadonlyMap<string, number> = new Map(
  strengths.flatMap((operators, strength) => operators.map((operator) => [operator, strength] as const)),
);

/** A path nests as deep as this at most: more is no view but an attempt on the stack. */
const DEEPEST = 100;

/** @throws FhirPathError */
export function parseFhirPath(source: string): Expression {
  const parser = new Parser(tokenise(source));
  const expression = parser.expression(0);
  parser.assertEnd();
  return expression;
}

class Parser {
  #next = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  expression(weakest: number): Expression {
    if (++this.#depth > DEEPEST) throw new FhirPathError('The path nests too deep');
    let left = this.#unary();
    for (;;) {
      const { text, kind } = this.#peek();
      const strength = kind === 'symbol' || kind === 'identifier' ? strengthOf.get(text) : undefined;
      if (strength === undefined || strength < weakest) break;
      this.#next++;
      if (text === 'is' || text === 'as')
        left = { kind: 'type', operator: text, of: left, type: this.#typeName() };
      else
        left = {
          kind: 'operation',
          operator: text as Operator,
          left,
          right: this.expression(strength + 1),
        };
    }
    this.#depth--;
    return left;
  }

  assertEnd(): void {
    const token = this.#peek();
    if (token.kind !== 'end') throw unexpected(token);
  }

  #unary(): Expression {
    if (this.#take('-')) return { kind: 'negative', of: this.#unary() };
    if (this.#take('+')) return this.#unary();
    return this.#invocations(this.#term());
  }

  #invocations(first: Expression): Expression {
    let from = first;
    for (;;) {
      if (this.#take('.')) from = this.#invocation(from);
      else if (this.#take('[')) {
        from = { kind: 'item', from, index: this.expression(0) };
        this.#expect(']');
      } else return from;
    }
  }

  #term(): Expression {
    const token = this.#peek();
    switch (token.kind) {
      case 'string':
        return this.#literal('string');
      case 'number':
        return this.#literal(token.text.includes('.') ? 'decimal' : 'integer');
      case 'temporal':
        return this.#literal(temporalType(token.text));
      case 'constant':
        this.#next++;
        return { kind: 'constant', name: token.text };
      case 'variable':
        this.#next++;
        return { kind: token.text === 'this' ? 'this' : 'index' };
      case 'identifier':
        if (token.text === 'true' || token.text === 'false') return this.#literal('boolean');
        return this.#invocation(undefined);
      case 'quoted':
        return this.#invocation(undefined);
      case 'symbol':
        return this.#bracketed(token);
      case 'end':
        throw unexpected(token);
    }
  }

  #bracketed(token: Token): Expression {
    if (this.#take('(')) {
      const expression = this.expression(0);
      this.#expect(')');
      return expression;
    }
    if (this.#take('{')) {
      this.#expect('}');
      return { kind: 'empty' };
    }
    throw unexpected(token);
  }

  #literal(type: LiteralType): Expression {
    const { text } = this.#advance();
    return { kind: 'literal', type, text: type === 'time' ? text.slice(1) : text.replace(/T$/, '') };
  }

  #invocation(from: Expression | undefined): Expression {
    const token = this.#advance();
    if (token.kind === 'variable' && from !== undefined) throw unexpected(token);
    if (token.kind !== 'identifier' && token.kind !== 'quoted') throw unexpected(token);
    if (!this.#take('(')) return { kind: 'member', from, name: token.text };
    const args: Expression[] = [];
    if (!this.#take(')')) {
      do args.push(this.expression(0));
      while (this.#take(','));
      this.#expect(')');
    }
    return { kind: 'call', from, name: token.text, args };
  }

  /** `string`, `FHIR.string` or `System.String`. */
  #typeName(): string {
    let name = this.#name();
    while (this.#take('.')) name += `.${this.#name()}`;
    return name;
  }

  #name(): string {
    const token = this.#advance();
    if (token.kind !== 'identifier' && token.kind !== 'quoted') throw unexpected(token);
    return token.text;
  }

  #peek(): Token {
    return this.tokens[Math.min(this.#next, this.tokens.length - 1)] ?? { kind: 'end', text: '', at: 0 };
  }

  #advance(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #take(symbol: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'symbol' || text !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw unexpected(this.#peek(), symbol);
  }
}

function temporalType(text: string): LiteralType {
  if (text.startsWith('T')) return 'time';
  return text.includes('T') ? 'dateTime' : 'date';
}

function unexpected(token: Token, wanted?: string): FhirPathError {
  const place = token.kind === 'end' ? 'at the end' : `at position ${token.at + 1}`;
  return new FhirPathError(`${wanted === undefined ? 'Unexpected text' : `"${wanted}" expected`} ${place}`);
}
