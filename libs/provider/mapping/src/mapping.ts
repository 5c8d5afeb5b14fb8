import { CodeTables } from './tables/code-tables.js';

/**
 * Version of the mapping: rules and tables together. The same message and mapping version give the same resources;
 * a change that alters any output is a new version.
 */
export const mappingVersion = '2026.11.2';

export interface Mapping {
  readonly version: string;
  readonly tables: CodeTables;
}

export const currentMapping: Mapping = { version: mappingVersion, tables: new CodeTables() };
