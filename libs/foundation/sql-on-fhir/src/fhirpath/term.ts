/**
 * A FHIRPath expression with its types worked out against FHIR R4: what both engines compile from. `type` is a FHIR type
 * (`HumanName`, `Patient.contact`, `string`), undefined where it cannot be told; `many` says whether there can be more
 * than one item.
 */
export type Term = TermKind & { readonly type: string | undefined; readonly many: boolean };

export type TermKind =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'none' }
  | { readonly kind: 'focus' }
  | { readonly kind: 'resource' }
  | { readonly kind: 'row-index' }
  | { readonly kind: 'item-index' }
  /** The JSON properties that an element may stand in: several for a choice of types. */
  | { readonly kind: 'member'; readonly from: Term; readonly properties: readonly string[] }
  | { readonly kind: 'resources-of-type'; readonly from: Term; readonly resourceType: string }
  | { readonly kind: 'filter'; readonly from: Term; readonly criteria: Term }
  | { readonly kind: 'each'; readonly from: Term; readonly projection: Term }
  | { readonly kind: 'pick'; readonly from: Term; readonly position: number | 'last' }
  | { readonly kind: 'item-at'; readonly from: Term; readonly position: Term }
  | { readonly kind: 'slice'; readonly from: Term; readonly skip: number; readonly take: number | undefined }
  | { readonly kind: 'distinct'; readonly from: Term }
  | { readonly kind: 'union'; readonly left: Term; readonly right: Term }
  /** The one item of a collection; several are an error. */
  | { readonly kind: 'single'; readonly from: Term }
  | { readonly kind: 'exists'; readonly from: Term }
  | { readonly kind: 'empty'; readonly from: Term }
  | { readonly kind: 'count'; readonly from: Term }
  | { readonly kind: 'all'; readonly from: Term; readonly criteria: Term }
  | { readonly kind: 'not'; readonly of: Term }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or' | 'xor' | 'implies';
      readonly left: Term;
      readonly right: Term;
    }
  | {
      readonly kind: 'equal';
      readonly negated: boolean;
      readonly family: Family;
      readonly left: Term;
      readonly right: Term;
    }
  | {
      readonly kind: 'order';
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly family: Family;
      readonly left: Term;
      readonly right: Term;
    }
  | { readonly kind: 'within'; readonly item: Term; readonly collection: Term }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | 'div' | 'mod';
      readonly left: Term;
      readonly right: Term;
    }
  /** `lenient` treats an empty side as an empty text (the operator `&`). */
  | { readonly kind: 'concatenate'; readonly lenient: boolean; readonly left: Term; readonly right: Term }
  | { readonly kind: 'join'; readonly from: Term; readonly separator: string }
  | { readonly kind: 'boundary'; readonly side: 'low' | 'high'; readonly family: Family; readonly of: Term }
  | { readonly kind: 'reference-key'; readonly of: Term; readonly target: string | undefined }
  | {
      readonly kind: 'text-test';
      readonly test: 'startsWith' | 'endsWith' | 'contains';
      readonly of: Term;
      readonly part: Term;
    }
  | { readonly kind: 'text-change'; readonly change: 'upper' | 'lower' | 'trim'; readonly of: Term }
  | { readonly kind: 'text-length'; readonly of: Term }
  | { readonly kind: 'to-text'; readonly of: Term }
  | { readonly kind: 'choose'; readonly condition: Term; readonly then: Term; readonly otherwise: Term };

/** Numbers keep their text: `1.10` is not `1.1` to a boundary. */
export type Literal =
  | { readonly family: 'boolean'; readonly value: boolean }
  | { readonly family: 'number'; readonly text: string }
  | { readonly family: 'text' | 'temporal'; readonly text: string };

/** How values of a type compare. `unknown` where the types cannot be told before the values are seen. */
export type Family = 'boolean' | 'number' | 'text' | 'temporal' | 'complex' | 'unknown';

const families: ReadonlyMap<string, Family> = new Map([
  ['boolean', 'boolean'],
  ...(['integer', 'decimal', 'positiveInt', 'unsignedInt'] as const).map((type) => [type, 'number'] as const),
  ...(['date', 'dateTime', 'instant', 'time'] as const).map((type) => [type, 'temporal'] as const),
  ...(
    [
      'string',
      'code',
      'id',
      'uri',
      'url',
      'canonical',
      'oid',
      'uuid',
      'markdown',
      'base64Binary',
      'xhtml',
    ] as const
  ).map((type) => [type, 'text'] as const),
]);

export function familyOf(type: string | undefined): Family {
  return type === undefined ? 'unknown' : (families.get(type) ?? 'complex');
}
