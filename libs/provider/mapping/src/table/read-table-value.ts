import type { DeclarationReader } from './declaration-reader.js';
import { isDateFormat } from './date-format.js';
import type { DecimalMark, TableSource } from './table-mapping.js';

const kinds = [
  'text',
  'integer',
  'decimal',
  'date',
  'dateTime',
  'boolean',
  'code',
  'concept',
  'coding',
  'quantity',
] as const;

type Declared = Readonly<Record<string, unknown>>;

/** Where the value of an element comes from. */
export function readTableValue(declared: Declared, path: string, reader: DeclarationReader): TableSource {
  if ('constant' in declared) {
    reader.refuseOthers(declared, path, ['constant', 'when']);
    const { constant } = declared;
    if (typeof constant === 'string' || typeof constant === 'number' || typeof constant === 'boolean')
      return { constant };
    reader.report(`${path}.constant`, 'A text, number or boolean is expected here');
    return { constant: '' };
  }
  if ('reference' in declared) {
    reader.refuseOthers(declared, path, ['reference', 'when']);
    return { reference: reader.readText(declared['reference'], `${path}.reference`) };
  }
  return readColumn(declared, path, reader);
}

function readColumn(declared: Declared, path: string, reader: DeclarationReader): TableSource {
  const column = reader.readText(declared['column'], `${path}.column`);
  const as = reader.readChoice(declared['as'] ?? 'text', `${path}.as`, kinds);
  reader.refuseOthers(declared, path, ['column', 'as', 'when', ...fieldsOf[as]]);
  switch (as) {
    case 'text':
    case 'integer':
      return { column, as };
    case 'decimal':
      return { column, as, decimalMark: readMark(declared, path, reader) };
    case 'date':
    case 'dateTime':
      return { column, as, formats: readFormats(declared, path, reader) };
    case 'boolean':
      return {
        column,
        as,
        true: reader.readTexts(declared['true'], `${path}.true`, 1),
        false: reader.readTexts(declared['false'], `${path}.false`, 1),
      };
    case 'code':
      return { column, as, codes: reader.readText(declared['codes'], `${path}.codes`) };
    case 'concept':
    case 'coding':
      return { column, as, ...readOptional(declared, ['codes', 'system', 'displayColumn'], path, reader) };
    case 'quantity':
      return {
        column,
        as,
        decimalMark: readMark(declared, path, reader),
        ...readOptional(declared, ['unit', 'unitColumn'], path, reader),
      };
  }
}

const fieldsOf: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
  text: [],
  integer: [],
  decimal: ['decimalMark'],
  date: ['formats'],
  dateTime: ['formats'],
  boolean: ['true', 'false'],
  code: ['codes'],
  concept: ['codes', 'system', 'displayColumn'],
  coding: ['codes', 'system', 'displayColumn'],
  quantity: ['decimalMark', 'unit', 'unitColumn'],
};

function readMark(declared: Declared, path: string, reader: DeclarationReader): DecimalMark {
  return reader.readChoice(declared['decimalMark'], `${path}.decimalMark`, [',', '.']);
}

function readFormats(declared: Declared, path: string, reader: DeclarationReader): string[] {
  const formats = reader.readTexts(declared['formats'], `${path}.formats`, 1);
  for (const [index, format] of formats.entries()) {
    if (!isDateFormat(format))
      reader.report(`${path}.formats[${index}]`, 'A format of yyyy MM dd HH mm ss, from the year on');
  }
  return formats;
}

function readOptional<T extends string>(
  declared: Declared,
  fields: readonly T[],
  path: string,
  reader: DeclarationReader,
): Partial<Record<T, string>> {
  const texts: Partial<Record<T, string>> = {};
  for (const field of fields) {
    const text = reader.findText(declared[field], `${path}.${field}`);
    if (text !== undefined) texts[field] = text;
  }
  return texts;
}
