/** Resources of a terminology server, as far as the three operations read them. */
export interface CodeSystem {
  readonly resourceType: 'CodeSystem';
  readonly url: string;
  readonly concept: readonly { readonly code: string; readonly display?: string }[];
}

export interface ValueSet {
  readonly resourceType: 'ValueSet';
  readonly url: string;
  readonly compose: {
    readonly include: readonly {
      readonly system: string;
      /** Without it the whole system. */
      readonly concept?: readonly { readonly code: string; readonly display?: string }[];
    }[];
  };
}

export interface ConceptMap {
  readonly resourceType: 'ConceptMap';
  readonly url: string;
  readonly group: readonly {
    readonly source: string;
    readonly target: string;
    readonly element: readonly {
      readonly code: string;
      readonly target: readonly {
        readonly code: string;
        readonly display?: string;
        readonly equivalence: string;
      }[];
    }[];
  }[];
}

export type TerminologyResource = CodeSystem | ValueSet | ConceptMap;

export interface TerminologyBundle {
  readonly resourceType: 'Bundle';
  readonly type: 'collection';
  readonly entry: readonly { readonly resource: TerminologyResource }[];
}
