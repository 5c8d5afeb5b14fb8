import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType } from 'hyparquet-writer';
import { textOf, type ColumnType, type Row, type Table, type TableColumn } from './table.js';

/** Of a row group: they are in memory until it is written. */
const GROUP_ROWS = 20_000;

const parquetTypes: Readonly<Record<ColumnType, BasicType>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** A cell that is not of the type of its column. */
export class MisfitError extends Error {
  constructor(readonly column: string) {
    super('A cell is not of the type of its column');
    this.name = 'MisfitError';
  }
}

/** Every row group as soon as it is full, and at the end where they are. @throws MisfitError */
export async function* parquetFile({ columns, rows }: Table): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({
    columnData: columns.map(({ name, type }) => ({
      name,
      data: [],
      type: parquetTypes[type],
      nullable: true,
    })),
  });
  const file = new ParquetWriter({ writer: bytes, schema });
  let group: Row[] = [];
  for await (const part of rows) {
    group.push(...part);
    if (group.length < GROUP_ROWS) continue;
    await file.write({ columnData: columnData(columns, group), rowGroupSize: group.length });
    yield taken(bytes);
    group = [];
  }
  if (group.length > 0)
    await file.write({ columnData: columnData(columns, group), rowGroupSize: group.length });
  await file.finish();
  yield taken(bytes);
}

function columnData(columns: readonly TableColumn[], rows: readonly Row[]) {
  return columns.map((column, place) => ({
    name: column.name,
    data: rows.map((row) => valueOf(row[place] ?? 'null', column)),
  }));
}

function valueOf(cell: string, { name, type }: TableColumn): string | number | bigint | boolean | null {
  if (cell === 'null') return null;
  switch (type) {
    case 'text':
      return textOf(cell);
    case 'boolean':
      if (cell === 'true' || cell === 'false') return cell === 'true';
      break;
    case 'integer':
      if (/^-?\d{1,18}$/.test(cell)) return BigInt(cell);
      break;
    case 'number':
      if (/^-?\d/.test(cell)) return Number(cell);
  }
  throw new MisfitError(name);
}

/** What was written since it was last taken. Where a piece is in the file goes by the offset, which goes on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = new Uint8Array(bytes.getBytes());
  bytes.index = 0;
  return piece;
}
