import type { DatasetType } from '@samenhang/secondary-use';
import type { CdmTable } from './cdm-tables.js';
import type { Concept, ConceptMap, SourceCode } from './concept-map.js';
import { dayOf, type Fact } from './read-fact.js';

export type CdmRow = Readonly<Record<string, string | number | null>>;

export interface EventRow {
  readonly table: CdmTable;
  readonly row: CdmRow;
  /** The concept it was given, where there is one. */
  readonly concept: Concept | undefined;
  readonly start: string;
  readonly end: string;
}

/** Why a fact is in no table. */
export type LeftOut = 'no-date' | 'no-code' | 'not-so';

type Eventful = Exclude<DatasetType, 'Patient'>;

/** Concepts that say of what kind a record is (vocabulary "Type Concept"). */
export const EHR = 32_817;
const typeConcepts: Readonly<Record<Eventful, number>> = {
  Encounter: 32_827,
  Condition: EHR,
  AllergyIntolerance: EHR,
  MedicationRequest: 32_838,
  MedicationDispense: 32_825,
  MedicationStatement: EHR,
  Observation: EHR,
  Procedure: EHR,
  Immunization: EHR,
};

/** The CDM has no place for what did not happen, was only planned, or was withdrawn. */
const notSo = new Set([
  'entered-in-error',
  'refuted',
  'cancelled',
  'not-done',
  'not-taken',
  'declined',
  'draft',
  'planned',
  'preparation',
  'registered',
]);

/** A fact as a row of the CDM, without the keys. */
export function eventRowOf(type: Eventful, fact: Fact, concepts: ConceptMap): EventRow | LeftOut {
  if (notSo.has(fact.text('status') ?? '') || notSo.has(fact.text('verification') ?? '')) return 'not-so';
  const start = dayOf(fact, 'start', 'start_of_period', 'recorded');
  if (start === undefined) return 'no-date';
  const stated = dayOf(fact, 'end');
  const end = stated === undefined || stated < start ? undefined : stated;
  const code = type === 'Encounter' ? classOf(fact) : fact.codes('systems', 'codes');
  const { source, concept } = concepts.choose(code);
  if (source === undefined) return 'no-code';
  const said: Said = {
    source: shortened(source.code),
    concept: concept?.id ?? 0,
    type: typeConcepts[type],
    start,
    end,
  };
  const table = tableOf(type, fact);
  const row = columnsOf(table, said, fact, concepts);
  return {
    table,
    row,
    concept,
    start,
    end: String(row['drug_exposure_end_date'] ?? end ?? start),
  };
}

interface Said {
  readonly source: string;
  readonly concept: number;
  readonly type: number;
  readonly start: string;
  readonly end: string | undefined;
}

function classOf(fact: Fact): SourceCode[] {
  const [system, code] = [fact.text('system'), fact.text('code')];
  return system === undefined || code === undefined ? [] : [{ system, code }];
}

/** A result with a number is a measurement; what is seen or told otherwise is an observation. */
function tableOf(type: Eventful, fact: Fact): CdmTable {
  switch (type) {
    case 'Encounter':
      return 'visit_occurrence';
    case 'Condition':
      return 'condition_occurrence';
    case 'Procedure':
      return 'procedure_occurrence';
    case 'AllergyIntolerance':
      return 'observation';
    case 'Observation':
      return (fact.number('number') ?? fact.number('whole')) === undefined ? 'observation' : 'measurement';
    default:
      return 'drug_exposure';
  }
}

function columnsOf(table: CdmTable, said: Said, fact: Fact, concepts: ConceptMap): CdmRow {
  const { source, concept, type, start, end } = said;
  switch (table) {
    case 'visit_occurrence':
      return {
        visit_concept_id: concept,
        visit_start_date: start,
        visit_end_date: end ?? start,
        visit_type_concept_id: type,
        visit_source_value: source,
      };
    case 'condition_occurrence':
      return {
        condition_concept_id: concept,
        condition_start_date: start,
        condition_end_date: end ?? null,
        condition_type_concept_id: type,
        condition_source_value: source,
      };
    case 'procedure_occurrence':
      return {
        procedure_concept_id: concept,
        procedure_date: start,
        procedure_end_date: end ?? null,
        procedure_type_concept_id: type,
        procedure_source_value: source,
      };
    case 'drug_exposure':
      return drugColumns(said, fact);
    default:
      return resultColumns(table, said, fact, concepts);
  }
}

function drugColumns({ source, concept, type, start, end }: Said, fact: Fact): CdmRow {
  const days = fact.number('days');
  const supply = days !== undefined && Number.isInteger(days) && days > 0 && days < 10_000 ? days : undefined;
  return {
    drug_concept_id: concept,
    drug_exposure_start_date: start,
    // Required by the CDM: where nobody says it, as long as the supply lasts, or else the day itself.
    drug_exposure_end_date: end ?? (supply === undefined ? start : daysAfter(start, supply - 1)),
    verbatim_end_date: end ?? null,
    drug_type_concept_id: type,
    quantity: fact.number('number') ?? null,
    days_supply: supply ?? null,
    drug_source_value: source,
  };
}

function resultColumns(table: CdmTable, said: Said, fact: Fact, concepts: ConceptMap): CdmRow {
  const { source, concept, type, start } = said;
  const unit = fact.text('unit');
  const system = fact.text('unit_system') ?? '';
  const value = concepts.choose(fact.codes('value_systems', 'value_codes'));
  const number = fact.number('number') ?? fact.number('whole');
  return {
    [`${table}_concept_id`]: concept,
    [`${table}_date`]: start,
    [`${table}_type_concept_id`]: type,
    value_as_number: number ?? null,
    value_as_concept_id: value.source === undefined ? null : (value.concept?.id ?? 0),
    unit_concept_id: unit === undefined ? null : (concepts.find({ system, code: unit })?.id ?? 0),
    [`${table}_source_value`]: source,
    unit_source_value: unit === undefined ? null : shortened(unit),
    value_source_value: value.source === undefined ? null : shortened(value.source.code),
  };
}

function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** As long as the CDM takes. */
function shortened(code: string): string {
  return code.slice(0, 50);
}
