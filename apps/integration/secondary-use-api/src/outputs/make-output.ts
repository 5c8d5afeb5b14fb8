import {
  defaultRequirement,
  measure,
  releaseTable,
  type ReleaseReport,
  type SourceRow,
} from '@samenhang/disclosure';
import { Failure } from '@samenhang/errors';
import type { HolderRows } from '../holders/federated-views.js';
import type { OutputKind } from '../permits/permit.js';
import { releaseColumnsOf, type OutputRequest } from './output-request.js';

export interface MadeOutput {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Who is in it. */
  readonly persons: ReadonlySet<string>;
  readonly report: OutputReport;
}

/** What goes with an output to whoever checks it: counts and measures, nothing about anyone. */
export type OutputReport = { readonly kind: OutputKind } & (
  ReleaseReport | (Pick<ReleaseReport, 'classes' | 'k' | 'l' | 'entropyL' | 't'> & { readonly rows: number })
);

/** Words behind each other: codes, dates and numbers have none. */
const TEXT_LIKE = /[\p{L}]{3,}\s+[\p{L}]{2,}/u;

/**
 * The automatic check. Of an anonymised output only the declared columns leave, at the least generalisation at which nobody
 * stands out; one with pseudonyms has its declared columns as they are, and is measured.
 * @throws Failure('invalid') where nothing may leave
 */
export function makeOutput(
  answers: readonly HolderRows[],
  request: OutputRequest,
  kind: OutputKind,
): MadeOutput {
  if (kind === 'counts') throw new Failure('forbidden', 'The permit is for counts, not for tables');
  const names = [...request.known, ...request.sensitive].map(({ column }) => column);
  const source = answers.flatMap((answer) => sourceRows(answer, request.person, names));
  const columns = releaseColumnsOf(request);
  if (kind === 'anonymised') {
    const outcome = releaseTable(source, columns, defaultRequirement);
    if (!outcome.released)
      throw new Failure('invalid', 'No generalisation of the table keeps its persons from standing out');
    const { rows, report } = outcome;
    return {
      columns: names,
      rows: rows.map(({ values }) => names.map((name) => values[name] ?? null)),
      persons: new Set(rows.map(({ person }) => person)),
      report: { kind, ...report },
    };
  }
  const kept = source.map(({ person, values }) => ({
    person,
    values: Object.fromEntries(names.map((name) => [name, values[name] ?? ''])),
  }));
  assertNoTexts(source);
  return {
    columns: [request.person, ...names],
    rows: source.map(({ person, values }) => [person, ...names.map((name) => values[name] ?? null)]).sort(),
    persons: new Set(source.map(({ person }) => person)),
    report: { kind, rows: source.length, ...measure(kept, columns) },
  };
}

function sourceRows({ columns, rows }: HolderRows, person: string, names: readonly string[]): SourceRow[] {
  const places = new Map(columns.map(({ name }, place) => [name, place]));
  const textAt = (row: readonly unknown[], name: string): string | null => {
    const cell = row[places.get(name) ?? -1];
    return cell === null || cell === undefined
      ? null
      : typeof cell === 'string'
        ? cell
        : JSON.stringify(cell);
  };
  return rows.map((row) => {
    const who = textAt(row, person);
    if (who === null) throw new Failure('invalid', 'The column of the person is empty in a row');
    return { person: who, values: Object.fromEntries(names.map((name) => [name, textAt(row, name)])) };
  });
}

function assertNoTexts(source: readonly SourceRow[]): void {
  const suspicious = source.some(({ values }) =>
    Object.values(values).some((value) => value !== null && TEXT_LIKE.test(value)),
  );
  if (suspicious) throw new Failure('invalid', 'The table holds what reads as text');
}
