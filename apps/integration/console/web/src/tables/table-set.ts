import type { Tables } from './table-entries.js';

/** What is known of a set of tables, as normalise tells it. */
export interface TableSetSummary {
  readonly version: number;
  readonly files: readonly string[];
  readonly tests: number;
  readonly note: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly activatedAt: string | null;
}

export interface TableSets {
  readonly rules: string;
  readonly active: number | null;
  readonly sets: readonly TableSetSummary[];
}

/** The tables themselves; version 0 is those of the release. */
export interface ShownTables {
  readonly version: number;
  readonly tables: Tables;
  readonly testCases: readonly TableTest[];
}

export interface TableTest {
  readonly name: string;
  readonly format: string;
  readonly message: string;
  readonly expect: readonly {
    readonly resourceType: string;
    readonly path: string;
    readonly value: unknown;
  }[];
}
