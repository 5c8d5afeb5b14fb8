import { CodeTables, currentTables } from './tables/code-tables.js';
import type { TableSet } from './tables/table-set.js';
import type { TermSupplement } from './terminology/term-supplement.js';

/**
 * Version of the mapping: rules and tables together. The same message and mapping version give the same resources;
 * a change that alters any output is a new version.
 */
export const mappingVersion = '2026.11.5';

export interface Mapping {
  readonly version: string;
  readonly tables: CodeTables;
}

export const currentMapping: Mapping = { version: mappingVersion, tables: currentTables };

/**
 * The rules of this release with other tables. Both are named (semver.org, 10), and a later set of tables is a later version:
 * numbers of sets only grow, also when an older set is taken up again.
 */
export function mappingWithTables(set: TableSet, version: number): Mapping {
  return { version: `${mappingVersion}+tables.${String(version)}`, tables: new CodeTables(set) };
}

/**
 * With the answers of a terminology server beside the tables. Version 0 has none. The tables are named before it, 0 for those of
 * the release, so that versions keep their order when a set comes into use.
 */
export function mappingWithTerms({ version, tables }: Mapping, supplement: TermSupplement): Mapping {
  if (supplement.version === 0) return { version, tables };
  const named = version.includes('+') ? version : `${version}+tables.0`;
  return {
    version: `${named}.terms.${String(supplement.version)}`,
    tables: new CodeTables(tables.set, supplement),
  };
}
