interface Measures {
  readonly rows: number;
  readonly classes: number;
  readonly k: number;
  /** None where no column is sensitive. */
  readonly l: number | null;
  readonly t: number;
}

/** What the automatic check found, as the service gives it: of each kind of output what belongs to it. */
export interface Report extends Measures {
  readonly kind: string;
  readonly leftOut?: number;
  readonly requirement?: {
    readonly k: number;
    readonly l: number;
    readonly t: number;
    readonly maximumLeftOut: number;
  };
  readonly levels?: Readonly<Record<string, number>>;
  readonly omop?: {
    readonly tables: Readonly<
      Record<string, { readonly rows: number; readonly unmapped: number; readonly unreviewed: number }>
    >;
    readonly leftOut: Readonly<Record<string, number>>;
    readonly withoutVisit: number;
  };
  readonly card?: {
    readonly sets: Readonly<
      Record<string, { readonly persons: number | null; readonly rows: number | null }>
    >;
    readonly fields: readonly {
      readonly name: string;
      readonly use: 'known' | 'sensitive';
      readonly filled: number | null;
    }[];
    readonly limits: readonly string[];
  };
}
