import { codeUnit } from '../datatypes/quantities.js';
import { findDecimal } from '../datatypes/decimals.js';
import type { CodeableConcept, Coding, Quantity } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { findDate } from './date-format.js';
import type { DecimalMark, TableCodes, TableCondition, TableMapping, TableSource } from './table-mapping.js';

export type Row = ReadonlyMap<string, string>;

type ColumnSource = Exclude<TableSource, { reference: string } | { constant: unknown }>;
type Source<As> = Extract<ColumnSource, { as: As }>;

const COMPARED = /^(<=|>=|<|>|≤|≥)?\s*(.+)$/;
const comparators: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=' };

/** The values of one row as elements. What is not of the form declared is left out, and said by column and element. */
export class RowReader {
  readonly #used = new Set<string>();

  constructor(
    private readonly row: Row,
    private readonly codes: Readonly<Record<string, TableCodes>>,
    private readonly mapping: MessageMapping,
  ) {}

  find(column: string): string | undefined {
    this.#used.add(column);
    const text = this.row.get(column)?.trim();
    return text === '' ? undefined : text;
  }

  holds(conditions: readonly TableCondition[]): boolean {
    return conditions.every((condition) => {
      const value = this.find(condition.column);
      if ('in' in condition) return value !== undefined && condition.in.includes(value);
      if ('notIn' in condition) return value === undefined || !condition.notIn.includes(value);
      return (value !== undefined) === condition.filled;
    });
  }

  read(source: Exclude<TableSource, { reference: string }>, element: string, type: string): unknown {
    if ('constant' in source) return source.constant;
    const text = this.find(source.column);
    if (text === undefined) return undefined;
    const value = this.#convert(source, text, type);
    if (value === undefined) {
      this.mapping.report(
        'warning',
        'unreadable-value',
        `row['${source.column}']`,
        `The value is not of the form declared and is left out of ${type}.${element}`,
      );
    }
    return value;
  }

  /** For the unmapped report: which columns the declaration uses. */
  observeColumns({ patient }: TableMapping): void {
    for (const { column } of patient.identifiers) this.#used.add(column);
    for (const [column, text] of this.row) {
      if (text.trim() === '') continue;
      const used = this.#used.has(column);
      this.mapping.observe({ kind: 'field', messageType: 'table-row', path: column, used });
    }
  }

  #convert(source: ColumnSource, text: string, type: string): unknown {
    switch (source.as) {
      case 'text':
        return text;
      case 'integer':
        return /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined;
      case 'decimal':
        return decimalOf(text, source.decimalMark);
      case 'date':
        return dateOf(text, source.formats, this.mapping.settings.timeZone)?.slice(0, 10);
      case 'dateTime':
        return dateOf(text, source.formats, this.mapping.settings.timeZone);
      case 'boolean':
        return source.true.includes(text) ? true : source.false.includes(text) ? false : undefined;
      case 'code':
        return this.#findCode(source.codes, text, type)?.code;
      case 'concept':
        return this.#concept(source, text, type);
      case 'coding':
        return this.#concept(source, text, type).coding?.[0];
      case 'quantity':
        return this.#quantity(source, text);
    }
  }

  #findCode(table: string, text: string, type: string): Coding | undefined {
    const codes = this.codes[table];
    const found = codes !== undefined && Object.hasOwn(codes, text) ? codes[text] : undefined;
    const used = found !== undefined;
    this.mapping.observe({ kind: 'code', messageType: type, path: `codes.${table}`, used });
    return found === undefined ? undefined : { ...found };
  }

  /** What the table does not know keeps its words. */
  #concept(source: Source<'concept' | 'coding'>, text: string, type: string): CodeableConcept {
    const display = source.displayColumn === undefined ? undefined : this.find(source.displayColumn);
    const found = source.codes === undefined ? undefined : this.#findCode(source.codes, text, type);
    if (found !== undefined) return { coding: [found], text: display ?? text };
    if (source.system === undefined) return { text: display ?? text };
    const coding = { system: source.system, code: text, ...(display === undefined ? {} : { display }) };
    return { coding: [coding], ...(display === undefined ? {} : { text: display }) };
  }

  #quantity(source: Source<'quantity'>, text: string): Quantity | undefined {
    const [, sign, digits = ''] = COMPARED.exec(text) ?? [];
    const value = decimalOf(digits, source.decimalMark);
    if (value === undefined) return undefined;
    const unit =
      source.unitColumn === undefined ? source.unit : (this.find(source.unitColumn) ?? source.unit);
    const quantity: Quantity = {
      value,
      ...(sign === undefined ? {} : { comparator: comparators[sign] ?? sign }),
      ...(unit === undefined ? {} : { unit }),
    };
    codeUnit(quantity, this.mapping.tables);
    return quantity;
  }
}

/** With the mark declared only: 1.234 is a thousand and more where the comma marks decimals. */
function decimalOf(text: string, mark: DecimalMark): ReturnType<typeof findDecimal> {
  return text.includes(mark === ',' ? '.' : ',') ? undefined : findDecimal(text);
}

function dateOf(text: string, formats: readonly string[], zone: string): string | undefined {
  for (const format of formats) {
    const date = findDate(text, format, zone);
    if (date !== undefined) return date;
  }
  return undefined;
}
