import type { DatasetType } from '@samenhang/secondary-use';
import { Failure } from '@samenhang/errors';
import type { HolderRows } from '../holders/federated-views.js';
import { cdmTableNames, type CdmTable } from './cdm-tables.js';
import { ConceptMap } from './concept-map.js';
import { EHR, eventRowOf, type CdmRow, type LeftOut } from './event-rows.js';
import { factsOf, type Fact } from './read-fact.js';
import { RowNumbers } from './row-numbers.js';

export interface OmopTables {
  readonly tables: ReadonlyMap<CdmTable, readonly CdmRow[]>;
  readonly persons: ReadonlySet<string>;
  readonly report: OmopCounts;
}

export interface OmopCounts {
  readonly model: 'OMOP CDM 5.4';
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly unmapped: number }>>;
  readonly leftOut: Readonly<Record<LeftOut | 'no-person' | 'no-birth-year', number>>;
}

interface Span {
  start: string;
  end: string;
}

/**
 * What holders answered to the views of OMOP, as its tables. Rows point at persons that are there, or are left out and counted.
 * @throws Failure('invalid') where nobody is left
 */
export function makeOmop(
  answers: readonly { readonly type: DatasetType; readonly rows: readonly HolderRows[] }[],
  secret: string,
  concepts = new ConceptMap(),
): OmopTables {
  const tables = new Map<CdmTable, CdmRow[]>(cdmTableNames.map((name) => [name, []]));
  const unmapped = new Map<CdmTable, number>();
  const leftOut = { 'no-date': 0, 'no-code': 0, 'not-so': 0, 'no-person': 0, 'no-birth-year': 0 };
  const numbers = new Map(cdmTableNames.map((name) => [name, new RowNumbers(name, secret)]));
  const numberOf = (table: CdmTable, key: string): number => numbers.get(table)?.of(key) ?? 0;
  const add = (table: CdmTable, row: CdmRow, isMapped: boolean): void => {
    tables.get(table)?.push(row);
    if (!isMapped) unmapped.set(table, (unmapped.get(table) ?? 0) + 1);
  };

  const factsOfType = (wanted: (type: DatasetType) => boolean) =>
    answers
      .filter(({ type }) => wanted(type))
      .flatMap(({ type, rows }) => rows.flatMap(factsOf).map((fact) => ({ type, fact })));
  const persons = new Map<string, Fact>();
  for (const { fact } of factsOfType((type) => type === 'Patient'))
    if (yearOfBirth(fact) === undefined) leftOut['no-birth-year'] += 1;
    else if (!persons.has(fact.person)) persons.set(fact.person, fact);
  if (persons.size === 0) throw new Failure('invalid', 'There is nobody with a year of birth');
  for (const [person, fact] of persons) {
    const concept = concepts.find({ system: genderSystem, code: fact.text('gender') ?? '' });
    add(
      'person',
      personRow(numberOf('person', person), person, fact, concept?.id ?? 0),
      concept !== undefined,
    );
  }

  const spans = new Map<string, Span>();
  for (const { type, fact } of factsOfType((each) => each !== 'Patient')) {
    const made = type === 'Patient' ? 'no-code' : eventRowOf(type, fact, concepts);
    const id = fact.text('id');
    if (typeof made === 'string') leftOut[made] += 1;
    else if (!persons.has(fact.person) || id === undefined) leftOut['no-person'] += 1;
    else {
      const { table, row, isMapped } = made;
      const keys = { [`${table}_id`]: numberOf(table, id), person_id: numberOf('person', fact.person) };
      add(table, { ...keys, ...row }, isMapped);
      widen(spans, fact.person, made);
    }
  }
  for (const [person, { start, end }] of spans)
    add(
      'observation_period',
      {
        observation_period_id: numberOf('observation_period', person),
        person_id: numberOf('person', person),
        observation_period_start_date: start,
        observation_period_end_date: end,
        period_type_concept_id: EHR,
      },
      true,
    );
  for (const [table, rows] of tables) rows.sort(byNumber(`${table}_id`));
  return {
    tables,
    persons: new Set(persons.keys()),
    report: {
      model: 'OMOP CDM 5.4',
      tables: Object.fromEntries(
        [...tables].map(([name, rows]) => [name, { rows: rows.length, unmapped: unmapped.get(name) ?? 0 }]),
      ),
      leftOut,
    },
  };
}

const genderSystem = 'http://hl7.org/fhir/administrative-gender';

function yearOfBirth(fact: Fact): number | undefined {
  const year = /^\d{4}/.exec(fact.text('birth') ?? '')?.[0];
  return year === undefined ? undefined : Number(year);
}

function personRow(id: number, pseudonym: string, fact: Fact, gender: number): CdmRow {
  return {
    person_id: id,
    gender_concept_id: gender,
    year_of_birth: yearOfBirth(fact) ?? null,
    race_concept_id: 0,
    ethnicity_concept_id: 0,
    person_source_value: pseudonym,
    gender_source_value: fact.text('gender') ?? null,
  };
}

function widen(spans: Map<string, Span>, person: string, { start, end }: Span): void {
  const span = spans.get(person);
  if (span === undefined) spans.set(person, { start, end });
  else {
    if (start < span.start) span.start = start;
    if (end > span.end) span.end = end;
  }
}

/** Numbers are as good as drawn by lot: their order says nothing of where a row comes from. */
function byNumber(name: string): (one: CdmRow, other: CdmRow) => number {
  return (one, other) => Number(one[name]) - Number(other[name]);
}
