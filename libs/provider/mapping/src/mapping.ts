import { CodeTables } from './tables/code-tables.js';
import type { TableSet } from './tables/table-set.js';

/**
 * Version of the mapping: rules and tables together. The same message and mapping version give the same resources;
 * a change that alters any output is a new version.
 */
export const mappingVersion = '2026.11.4';

export interface Mapping {
  readonly version: string;
  readonly tables: CodeTables;
}

export const currentMapping: Mapping = { version: mappingVersion, tables: new CodeTables() };

/**
 * The rules of this release with other tables. Both are named (semver.org, 10), and a later set of tables is a later version:
 * numbers of sets only grow, also when an older set is taken up again.
 */
export function mappingWithTables(set: TableSet, version: number): Mapping {
  return { version: `${mappingVersion}+tables.${String(version)}`, tables: new CodeTables(set) };
}
