import type { Table } from './table.js';

export async function* ndjsonFile({ columns, rows }: Table): AsyncGenerator<string> {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  for await (const part of rows)
    yield part
      .map((row) => `{${names.map((name, place) => `${name}${row[place] ?? 'null'}`).join(',')}}\n`)
      .join('');
}
