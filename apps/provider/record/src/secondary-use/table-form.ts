import { Failure } from '@samenhang/errors';
import type { ViewPlan } from '@samenhang/sql-on-fhir';
import { tableFormats, type ColumnType, type TableColumn, type TableFormat } from '@samenhang/table-files';

/** In what form rows of a view are asked for (SQL on FHIR v2, `_format` and `header`). */
export interface TableForm {
  readonly format: TableFormat;
  readonly header: boolean;
}

const names: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  'text/csv': 'csv',
  ndjson: 'ndjson',
  'application/x-ndjson': 'ndjson',
  parquet: 'parquet',
  'application/vnd.apache.parquet': 'parquet',
};

/** What holders can be asked for, as the CapabilityStatement tells it. */
export const tableFormNames: readonly string[] = tableFormats;

/** @throws Failure('malformed') */
export function readTableFormat(name: string): TableFormat {
  const format = Object.hasOwn(names, name) ? names[name] : undefined;
  if (format === undefined) throw new Failure('malformed', `The format is one of ${tableFormats.join(', ')}`);
  return format;
}

/** Lines of JSON where nothing is said. */
export function tableFormatOf({ format = 'ndjson', header = true }: Partial<TableForm>): TableForm {
  return { format, header };
}

const types: Readonly<Record<string, ColumnType>> = {
  boolean: 'boolean',
  integer: 'integer',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  decimal: 'number',
};

/** Lists, and what has no type, are texts. */
export function tableColumnsOf(columns: ViewPlan['columns']): TableColumn[] {
  return columns.map(({ name, type, isCollection }) => ({
    name,
    type: (isCollection || type === undefined ? undefined : types[type.split('/').at(-1) ?? '']) ?? 'text',
  }));
}
