import {
  defaultRequirement,
  measure,
  releaseTable,
  type ReleaseReport,
  type SourceRow,
} from '@samenhang/disclosure';
import { Failure } from '@samenhang/errors';
import type { HolderRows } from '../holders/federated-views.js';
import type { HolderOutcome } from '../holders/holder-outcome.js';
import { cdmTables } from '../omop/cdm-tables.js';
import { makeOmop, type OmopCounts } from '../omop/make-omop.js';
import { omopViewsFor } from '../omop/omop-views.js';
import type { OutputKind, Permit } from '../permits/permit.js';
import { dataCardOf, writeDataCard, type CardRow, type DataCard } from '../sets/data-card.js';
import { setNames } from '../sets/set-sizes.js';
import { setOf } from '../sets/split-persons.js';
import type { MadeFile } from './airlock.js';
import { isOmop, releaseColumnsOf, type OutputRequest, type TableRequest } from './output-request.js';
import { writeTable, type Cell } from './write-table.js';

export interface MadeOutput {
  readonly files: readonly MadeFile[];
  /** Who is in it. */
  readonly persons: ReadonlySet<string>;
  readonly report: OutputReport;
}

type Measures = Pick<ReleaseReport, 'classes' | 'k' | 'l' | 'entropyL' | 't'> & { readonly rows: number };

/** What goes with an output to whoever checks it: counts and measures, nothing about anyone. */
export type OutputReport = { readonly kind: OutputKind } & (
  | ReleaseReport
  | Measures
  | (Measures & { readonly card: DataCard })
  | (Measures & { readonly omop: OmopCounts })
);

export interface Material {
  readonly permit: Permit;
  readonly request: OutputRequest;
  /** Of each view of the request, in their order, what holders that answered all of them said. */
  readonly answers: readonly (readonly HolderRows[])[];
  readonly holders: readonly HolderOutcome[];
  /** Of the project. */
  readonly secret: string;
}

/** Words behind each other: codes, dates and numbers have none. */
const TEXT_LIKE = /[\p{L}]{3,}\s+[\p{L}]{2,}/u;

/**
 * The automatic check. Of an anonymised output only the declared columns leave, at the least generalisation at which nobody
 * stands out; one with pseudonyms has its declared columns as they are, and is measured.
 * @throws Failure('invalid') where nothing may leave
 */
export async function makeOutput(material: Material): Promise<MadeOutput> {
  const { permit, request, answers } = material;
  if (isOmop(request)) return makeTablesOfOmop(material);
  switch (permit.outputKind) {
    case 'anonymised':
      return makeAnonymised(answers.flat(), request);
    case 'pseudonymised':
      return makePseudonymised(answers.flat(), request);
    case 'ai-sets':
      return makeSets(material, request);
    default:
      throw new Failure('forbidden', 'The permit is not for tables');
  }
}

const declared = ({ known, sensitive }: TableRequest): string[] =>
  [...known, ...sensitive].map(({ column }) => column);

async function makeAnonymised(answers: readonly HolderRows[], request: TableRequest): Promise<MadeOutput> {
  const names = declared(request);
  const source = answers.flatMap((answer) => sourceRows(answer, request.person, names));
  const outcome = releaseTable(source, releaseColumnsOf(request), defaultRequirement);
  if (!outcome.released)
    throw new Failure('invalid', 'No generalisation of the table keeps its persons from standing out');
  const { rows, report } = outcome;
  const table = { columns: names, rows: rows.map(({ values }) => names.map((name) => values[name] ?? null)) };
  return {
    files: [{ name: `table.${request.format}`, content: await writeTable(table, request.format) }],
    persons: new Set(rows.map(({ person }) => person)),
    report: { kind: 'anonymised', ...report },
  };
}

async function makePseudonymised(answers: readonly HolderRows[], request: TableRequest): Promise<MadeOutput> {
  const source = answers.flatMap((answer) => sourceRows(answer, request.person, declared(request)));
  assertNoTexts(source);
  return {
    files: [{ name: `table.${request.format}`, content: await writePseudonymised(source, request) }],
    persons: new Set(source.map(({ person }) => person)),
    report: { kind: 'pseudonymised', ...measuresOf(source, request) },
  };
}

/** A file for each set, in which no person is that is in another, and a card that says what they are. */
async function makeSets(
  { permit, answers, holders, secret }: Material,
  request: TableRequest,
): Promise<MadeOutput> {
  const { split: sizes = { development: 100, validation: 0, test: 0 } } = request;
  const names = declared(request);
  const rows: CardRow[] = answers.flat().flatMap((answer) =>
    sourceRows(answer, request.person, names).map((row) => ({
      ...row,
      set: setOf(row.person, sizes, secret),
      custodian: answer.custodian,
    })),
  );
  assertNoTexts(rows);
  const [known, sensitive] = [request.known, request.sensitive].map((columns) =>
    columns.map(({ column }) => column),
  );
  const card = dataCardOf({ permit, sizes, rows, holders, known: known ?? [], sensitive: sensitive ?? [] });
  const used = setNames.filter((set) => sizes[set] > 0);
  return {
    files: [
      ...(await Promise.all(
        used.map(async (set) => ({
          name: `${set}.${request.format}`,
          content: await writePseudonymised(
            rows.filter((row) => row.set === set),
            request,
          ),
        })),
      )),
      { name: 'data-card.json', content: Buffer.from(`${JSON.stringify(card, null, 2)}\n`) },
      { name: 'data-card.md', content: Buffer.from(writeDataCard(card)) },
    ],
    persons: new Set(rows.map(({ person }) => person)),
    report: { kind: 'ai-sets', ...measuresOf(rows, request), card },
  };
}

async function makeTablesOfOmop({ permit, request, answers, secret }: Material): Promise<MadeOutput> {
  const named = omopViewsFor(permit.datasets).map(({ type }, place) => ({
    type,
    rows: answers[place] ?? [],
  }));
  const { tables, persons, report } = makeOmop(named, secret);
  const files: MadeFile[] = [];
  for (const [table, rows] of tables) {
    const columns = cdmTables[table];
    const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
    assertNoText(cells.flat());
    const content = await writeTable(
      {
        columns: columns.map(({ name }) => name),
        rows: cells,
        types: columns.map(({ type }) =>
          type === 'integer' ? 'integer' : type === 'float' ? 'number' : 'text',
        ),
      },
      request.format,
    );
    files.push({ name: `${table}.${request.format}`, content });
  }
  const ofPersons = (tables.get('person') ?? []).map((row) => ({
    person: String(row['person_source_value']),
    values: { gender: String(row['gender_concept_id']), birth: String(row['year_of_birth']) },
  }));
  const measures = measure(ofPersons, {
    known: [{ column: 'gender' }, { column: 'birth' }],
    sensitive: [],
  });
  return { files, persons, report: { kind: 'omop', rows: ofPersons.length, ...measures, omop: report } };
}

function writePseudonymised(source: readonly SourceRow[], request: TableRequest): Promise<Buffer> {
  const names = declared(request);
  const rows = source
    .map(({ person, values }) => [person, ...names.map((name) => values[name] ?? null)])
    .sort();
  return writeTable({ columns: [request.person, ...names], rows }, request.format);
}

function measuresOf(source: readonly SourceRow[], request: TableRequest): Measures {
  const names = declared(request);
  const kept = source.map(({ person, values }) => ({
    person,
    values: Object.fromEntries(names.map((name) => [name, values[name] ?? ''])),
  }));
  return { rows: source.length, ...measure(kept, releaseColumnsOf(request)) };
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
  for (const { values } of source) assertNoText(Object.values(values));
}

function assertNoText(cells: readonly Cell[]): void {
  if (cells.some((cell) => typeof cell === 'string' && TEXT_LIKE.test(cell)))
    throw new Failure('invalid', 'The table holds what reads as text');
}
