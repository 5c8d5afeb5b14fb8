import type { Term } from '../fhirpath/term.js';

/** A view definition checked and worked out: what both engines run. */
export interface ViewPlan {
  readonly resourceType: string;
  readonly columns: readonly ColumnPlan[];
  readonly where: readonly Term[];
  readonly rows: RowsPlan;
}

export interface ColumnPlan {
  readonly name: string;
  /** FHIR type of the cells, declared or told from the path; undefined when neither says. */
  readonly type: string | undefined;
  readonly isCollection: boolean;
  readonly description: string | undefined;
}

/** One `select`: which rows it makes of what it looks at, and what each row holds. */
export interface RowsPlan {
  readonly iteration: Iteration;
  readonly cells: readonly CellPlan[];
  /** Combined with each other, row by row. */
  readonly nested: readonly RowsPlan[];
  /** Put under each other; all fill the same columns. */
  readonly union: readonly RowsPlan[];
}

export type Iteration =
  | { readonly kind: 'once' }
  | { readonly kind: 'each'; readonly path: Term; readonly orNull: boolean }
  /** What the paths reach, and what they reach from there, to any depth: each item before what is below it. */
  | { readonly kind: 'repeat'; readonly first: readonly Term[]; readonly again: readonly Term[] };

export interface CellPlan {
  /** Index into the view's columns. */
  readonly column: number;
  readonly term: Term;
}
