import { cdmTableNames, cdmTables, type CdmTable } from './cdm-tables.js';
import type { Concept } from './concept-map.js';
import type { CdmRow } from './event-rows.js';
import { RowNumbers } from './row-numbers.js';

export interface TableCounts {
  readonly rows: number;
  /** Rows whose code has no concept. */
  readonly unmapped: number;
  /** Rows whose concept no terminologist has looked at. */
  readonly unreviewed: number;
}

/** The rows of each table as they are made, and what is known of their concepts. */
export class TableRows {
  readonly #rows = new Map<CdmTable, CdmRow[]>(cdmTableNames.map((name) => [name, []]));
  readonly #unmapped = new Map<CdmTable, number>();
  readonly #unreviewed = new Map<CdmTable, number>();
  readonly #numbers: ReadonlyMap<CdmTable, RowNumbers>;
  readonly #once = new Set<string>();

  constructor(secret: string) {
    this.#numbers = new Map(cdmTableNames.map((name) => [name, new RowNumbers(name, secret)]));
  }

  numberOf(table: CdmTable, key: string): number {
    return this.#numbers.get(table)?.of(key) ?? 0;
  }

  add(table: CdmTable, row: CdmRow, concept: Concept | undefined): void {
    this.addWithoutConcept(table, row);
    if (concept === undefined) this.#unmapped.set(table, (this.#unmapped.get(table) ?? 0) + 1);
    else if (!concept.reviewed) this.#unreviewed.set(table, (this.#unreviewed.get(table) ?? 0) + 1);
  }

  addWithoutConcept(table: CdmTable, row: CdmRow): void {
    this.#rows.get(table)?.push(row);
  }

  /** The number of the row for a key, which is added when it is first asked for. */
  once(table: CdmTable, key: string, row: CdmRow): number {
    const number = this.numberOf(table, key);
    if (this.#once.has(`${table} ${key}`)) return number;
    this.#once.add(`${table} ${key}`);
    this.addWithoutConcept(table, { [`${table}_id`]: number, ...row });
    return number;
  }

  /** Numbers are as good as drawn by lot: their order says nothing of where a row comes from. */
  sorted(): ReadonlyMap<CdmTable, readonly CdmRow[]> {
    for (const [table, rows] of this.#rows) {
      const key = cdmTables[table][0]?.name ?? '';
      rows.sort((one, other) => Number(one[key]) - Number(other[key]));
    }
    return this.#rows;
  }

  counts(): Readonly<Record<string, TableCounts>> {
    return Object.fromEntries(
      [...this.#rows].map(([name, rows]) => [
        name,
        {
          rows: rows.length,
          unmapped: this.#unmapped.get(name) ?? 0,
          unreviewed: this.#unreviewed.get(name) ?? 0,
        },
      ]),
    );
  }
}
