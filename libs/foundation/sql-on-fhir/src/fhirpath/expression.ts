/** Syntax tree of a FHIRPath expression (http://hl7.org/fhirpath/N1/), as far as views use the language. */
export type Expression =
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'this' }
  | { readonly kind: 'index' }
  | { readonly kind: 'constant'; readonly name: string }
  | { readonly kind: 'member'; readonly from: Expression | undefined; readonly name: string }
  | {
      readonly kind: 'call';
      readonly from: Expression | undefined;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'item'; readonly from: Expression; readonly index: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'type';
      readonly operator: 'is' | 'as';
      readonly of: Expression;
      readonly type: string;
    };

export type LiteralType = 'string' | 'boolean' | 'integer' | 'decimal' | 'date' | 'dateTime' | 'time';

export type Operator =
  | 'implies'
  | 'or'
  | 'xor'
  | 'and'
  | 'in'
  | 'contains'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '|'
  | '+'
  | '-'
  | '&'
  | '*'
  | '/'
  | 'div'
  | 'mod';

/** Text that is no FHIRPath, or FHIRPath that views do not know. */
export class FhirPathError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'FhirPathError';
  }
}
