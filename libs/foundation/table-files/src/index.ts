export {
  tableFormats,
  tableMediaTypes,
  type ColumnType,
  type FileOptions,
  type Row,
  type Table,
  type TableColumn,
  type TableFormat,
} from './table.js';
export { tableBytes, tableFile, tableText } from './table-file.js';
export { jsonCells } from './json-cells.js';
export { MisfitError } from './parquet.js';
