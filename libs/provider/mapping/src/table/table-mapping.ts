/**
 * How the rows of a table (CSV, NDJSON) become resources, declared with the source by who knows the table. A row is an
 * object of column name to text; an empty text is no value.
 */
export interface TableMapping {
  readonly patient: TablePatient;
  readonly resources: readonly TableResource[];
  /** Code tables of this source by name: what its codes mean in a code system. */
  readonly codes: Readonly<Record<string, TableCodes>>;
}

/** Whom a row is about: the numbers in these columns, of which at least one must be filled. */
export interface TablePatient {
  readonly identifiers: readonly TableIdentifier[];
}

export interface TableIdentifier {
  readonly column: string;
  /** Left out, it is the system of the source's own patient numbers. */
  readonly system?: string;
}

export interface TableResource {
  /** By which other resources of the same row refer to it. */
  readonly name?: string;
  readonly resourceType: string;
  /** Columns that together name the same thing in a later delivery. A Patient needs none: its number is its name. */
  readonly key: readonly string[];
  /** All must hold, or the row makes no such resource. */
  readonly when: readonly TableCondition[];
  /** FHIR path (`valueQuantity.value`, `name[0].given[1]`) to where its value comes from. */
  readonly elements: Readonly<Record<string, TableValue>>;
}

export type TableCondition =
  | { readonly column: string; readonly in: readonly string[] }
  | { readonly column: string; readonly notIn: readonly string[] }
  | { readonly column: string; readonly filled: boolean };

export type TableValue = TableSource & { readonly when?: readonly TableCondition[] };

export type TableSource =
  | { readonly constant: string | number | boolean }
  /** Another resource of the row, by its name. */
  | { readonly reference: string }
  | { readonly column: string; readonly as: 'text' | 'integer' }
  | { readonly column: string; readonly as: 'decimal'; readonly decimalMark: DecimalMark }
  /** Tokens yyyy MM dd HH mm ss; formats are tried in order and each gives its own precision. */
  | { readonly column: string; readonly as: 'date' | 'dateTime'; readonly formats: readonly string[] }
  | {
      readonly column: string;
      readonly as: 'boolean';
      readonly true: readonly string[];
      readonly false: readonly string[];
    }
  /** A code of FHIR's own lists (`status`, `gender`), through a code table. */
  | { readonly column: string; readonly as: 'code'; readonly codes: string }
  /** A CodeableConcept: through a code table, or the column's own code of `system`; the source's text stays. */
  | {
      readonly column: string;
      readonly as: 'concept' | 'coding';
      readonly codes?: string;
      readonly system?: string;
      readonly displayColumn?: string;
    }
  /** A Quantity, with a comparator where the text has one. */
  | {
      readonly column: string;
      readonly as: 'quantity';
      readonly decimalMark: DecimalMark;
      readonly unit?: string;
      readonly unitColumn?: string;
    };

export type DecimalMark = ',' | '.';

export type TableCodes = Readonly<Record<string, TableCode>>;

export interface TableCode {
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
}

/** What is wrong with a declaration; `path` points into it. */
export interface TableMappingProblem {
  readonly path: string;
  readonly text: string;
}
