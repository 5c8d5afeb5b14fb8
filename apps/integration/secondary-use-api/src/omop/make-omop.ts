import type { DatasetType } from '@samenhang/secondary-use';
import { Failure } from '@samenhang/errors';
import type { HolderRows } from '../holders/federated-views.js';
import type { CdmTable } from './cdm-tables.js';
import { ConceptMap } from './concept-map.js';
import { EHR, eventRowOf, type CdmRow, type LeftOut } from './event-rows.js';
import { dayOf, factsOf, type Fact } from './read-fact.js';
import { TableRows, type TableCounts } from './table-rows.js';

export interface OmopTables {
  readonly tables: ReadonlyMap<CdmTable, readonly CdmRow[]>;
  readonly persons: ReadonlySet<string>;
  readonly report: OmopCounts;
}

export interface OmopCounts {
  readonly model: 'OMOP CDM 5.4';
  readonly tables: Readonly<Record<string, TableCounts>>;
  readonly leftOut: Readonly<Record<LeftOut | 'no-person' | 'no-birth-year', number>>;
  /** Facts that tell of a visit which is not in the tables. */
  readonly withoutVisit: number;
}

interface Span {
  start: string;
  end: string;
}

interface Answer {
  readonly type: DatasetType;
  readonly rows: readonly HolderRows[];
}

/**
 * What holders answered to the views of OMOP, as its tables. Rows point at persons that are there, or are left out and counted;
 * and at visits of the same person that are there, or at none.
 * @throws Failure('invalid') where nobody is left
 */
export function makeOmop(
  answers: readonly Answer[],
  secret: string,
  concepts = new ConceptMap(),
): OmopTables {
  const tables = new TableRows(secret);
  const leftOut = { 'no-date': 0, 'no-code': 0, 'not-so': 0, 'no-person': 0, 'no-birth-year': 0 };
  const ofType = (wanted: (type: DatasetType) => boolean) =>
    answers
      .filter(({ type }) => wanted(type))
      .flatMap(({ type, rows }) => rows.flatMap(factsOf).map((fact) => ({ type, fact })));

  const persons = new Map<string, Fact>();
  for (const { fact } of ofType((type) => type === 'Patient'))
    if (yearOfBirth(fact) === undefined) leftOut['no-birth-year'] += 1;
    else if (!persons.has(fact.person)) persons.set(fact.person, fact);
  if (persons.size === 0) throw new Failure('invalid', 'There is nobody with a year of birth');
  for (const [person, fact] of persons) addPerson(tables, person, fact, concepts);

  const spans = new Map<string, Span>();
  const visits = new Map<string, string>();
  let withoutVisit = 0;
  const isVisit = (type: DatasetType): boolean => type === 'Encounter';
  const others = (type: DatasetType): boolean => type !== 'Encounter' && type !== 'Patient';
  for (const { type, fact } of [...ofType(isVisit), ...ofType(others)]) {
    const made = type === 'Patient' ? 'no-code' : eventRowOf(type, fact, concepts);
    const id = fact.text('id');
    if (typeof made === 'string') leftOut[made] += 1;
    else if (!persons.has(fact.person) || id === undefined) leftOut['no-person'] += 1;
    else {
      const { table, row, concept } = made;
      const keys = {
        [`${table}_id`]: tables.numberOf(table, id),
        person_id: tables.numberOf('person', fact.person),
      };
      if (type === 'Encounter') {
        visits.set(id, fact.person);
        tables.add(table, { ...keys, ...row, care_site_id: careSite(tables, fact.custodian) }, concept);
      } else {
        const visit = fact.text('visit');
        const isThere = visit !== undefined && visits.get(visit) === fact.person;
        if (visit !== undefined && !isThere) withoutVisit += 1;
        const visitId = isThere ? tables.numberOf('visit_occurrence', visit) : null;
        tables.add(table, { ...keys, ...row, visit_occurrence_id: visitId }, concept);
      }
      widen(spans, fact.person, made);
    }
  }
  for (const [person, span] of spans) addPeriod(tables, person, span);
  return {
    tables: tables.sorted(),
    persons: new Set(persons.keys()),
    report: { model: 'OMOP CDM 5.4', tables: tables.counts(), leftOut, withoutVisit },
  };
}

const genderSystem = 'http://hl7.org/fhir/administrative-gender';

function yearOfBirth(fact: Fact): number | undefined {
  const year = /^\d{4}/.exec(fact.text('birth') ?? '')?.[0];
  return year === undefined ? undefined : Number(year);
}

function addPerson(tables: TableRows, person: string, fact: Fact, concepts: ConceptMap): void {
  const id = tables.numberOf('person', person);
  const gender = concepts.find({ system: genderSystem, code: fact.text('gender') ?? '' });
  const row = {
    person_id: id,
    gender_concept_id: gender?.id ?? 0,
    year_of_birth: yearOfBirth(fact) ?? null,
    race_concept_id: 0,
    ethnicity_concept_id: 0,
    location_id: locationOf(tables, fact),
    person_source_value: person,
    gender_source_value: fact.text('gender') ?? null,
  };
  tables.add('person', row, gender);
  const death = dayOf(fact, 'death');
  if (death !== undefined)
    tables.addWithoutConcept('death', { person_id: id, death_date: death, death_type_concept_id: EHR });
}

/** The region of somebody who lives in one. */
function locationOf(tables: TableRows, fact: Fact): number | null {
  const [region, ...more] = new Set(fact.texts('postcodes'));
  if (region === undefined || more.length > 0) return null;
  return tables.once('location', region, { zip: region, country_source_value: 'NL' });
}

/** A number for each holder: which of them gave what counts, and who they are is not said row by row. */
function careSite(tables: TableRows, custodian: string): number {
  return tables.once('care_site', custodian, { place_of_service_concept_id: 0 });
}

function addPeriod(tables: TableRows, person: string, { start, end }: Span): void {
  tables.addWithoutConcept('observation_period', {
    observation_period_id: tables.numberOf('observation_period', person),
    person_id: tables.numberOf('person', person),
    observation_period_start_date: start,
    observation_period_end_date: end,
    period_type_concept_id: EHR,
  });
}

function widen(spans: Map<string, Span>, person: string, { start, end }: Span): void {
  const span = spans.get(person);
  if (span === undefined) spans.set(person, { start, end });
  else {
    if (start < span.start) span.start = start;
    if (end > span.end) span.end = end;
  }
}
