/** Types of the CDM; a number is the length of a varchar. */
export type CdmType = 'integer' | 'float' | 'date' | 'datetime' | number;

export interface CdmColumn {
  readonly name: string;
  readonly type: CdmType;
  readonly required: boolean;
  /** The table that it points at. */
  readonly of?: CdmTable;
}

export const cdmTableNames = [
  'location',
  'care_site',
  'provider',
  'person',
  'observation_period',
  'visit_occurrence',
  'death',
  'condition_occurrence',
  'drug_exposure',
  'procedure_occurrence',
  'measurement',
  'observation',
] as const;
export type CdmTable = (typeof cdmTableNames)[number];

const key = (name: string): CdmColumn => ({ name, type: 'integer', required: true });
const person: CdmColumn = { name: 'person_id', type: 'integer', required: true, of: 'person' };
const pointer = (of: CdmTable): CdmColumn => ({ name: `${of}_id`, type: 'integer', required: false, of });
const must = (type: CdmType, ...names: readonly string[]): CdmColumn[] =>
  names.map((name) => ({ name, type, required: true }));
const may = (type: CdmType, ...names: readonly string[]): CdmColumn[] =>
  names.map((name) => ({ name, type, required: false }));
const visitAndProvider = (): CdmColumn[] => [
  pointer('provider'),
  pointer('visit_occurrence'),
  ...may('integer', 'visit_detail_id'),
];

/** The columns of OMOP CDM 5.4 in its order, for the tables that are filled. */
export const cdmTables: Readonly<Record<CdmTable, readonly CdmColumn[]>> = {
  location: [
    key('location_id'),
    ...may(50, 'address_1', 'address_2', 'city'),
    ...may(2, 'state'),
    ...may(9, 'zip'),
    ...may(20, 'county'),
    ...may(50, 'location_source_value'),
    ...may('integer', 'country_concept_id'),
    ...may(80, 'country_source_value'),
    ...may('float', 'latitude', 'longitude'),
  ],
  care_site: [
    key('care_site_id'),
    ...may(255, 'care_site_name'),
    ...may('integer', 'place_of_service_concept_id'),
    pointer('location'),
    ...may(50, 'care_site_source_value', 'place_of_service_source_value'),
  ],
  // Who gave care is in no dataset: the table is there, as the CDM wants it, and has no rows.
  provider: [
    key('provider_id'),
    ...may(255, 'provider_name'),
    ...may(20, 'npi', 'dea'),
    ...may('integer', 'specialty_concept_id'),
    pointer('care_site'),
    ...may('integer', 'year_of_birth', 'gender_concept_id'),
    ...may(50, 'provider_source_value', 'specialty_source_value'),
    ...may('integer', 'specialty_source_concept_id'),
    ...may(50, 'gender_source_value'),
    ...may('integer', 'gender_source_concept_id'),
  ],
  person: [
    key('person_id'),
    ...must('integer', 'gender_concept_id', 'year_of_birth'),
    ...may('integer', 'month_of_birth', 'day_of_birth'),
    ...may('datetime', 'birth_datetime'),
    ...must('integer', 'race_concept_id', 'ethnicity_concept_id'),
    pointer('location'),
    pointer('provider'),
    pointer('care_site'),
    ...may(50, 'person_source_value', 'gender_source_value'),
    ...may('integer', 'gender_source_concept_id'),
    ...may(50, 'race_source_value'),
    ...may('integer', 'race_source_concept_id'),
    ...may(50, 'ethnicity_source_value'),
    ...may('integer', 'ethnicity_source_concept_id'),
  ],
  observation_period: [
    key('observation_period_id'),
    person,
    ...must('date', 'observation_period_start_date', 'observation_period_end_date'),
    ...must('integer', 'period_type_concept_id'),
  ],
  visit_occurrence: [
    key('visit_occurrence_id'),
    person,
    ...must('integer', 'visit_concept_id'),
    ...must('date', 'visit_start_date'),
    ...may('datetime', 'visit_start_datetime'),
    ...must('date', 'visit_end_date'),
    ...may('datetime', 'visit_end_datetime'),
    ...must('integer', 'visit_type_concept_id'),
    pointer('provider'),
    pointer('care_site'),
    ...may(50, 'visit_source_value'),
    ...may('integer', 'visit_source_concept_id', 'admitted_from_concept_id'),
    ...may(50, 'admitted_from_source_value'),
    ...may('integer', 'discharged_to_concept_id'),
    ...may(50, 'discharged_to_source_value'),
    ...may('integer', 'preceding_visit_occurrence_id'),
  ],
  death: [
    person,
    ...must('date', 'death_date'),
    ...may('datetime', 'death_datetime'),
    ...may('integer', 'death_type_concept_id', 'cause_concept_id'),
    ...may(50, 'cause_source_value'),
    ...may('integer', 'cause_source_concept_id'),
  ],
  condition_occurrence: [
    key('condition_occurrence_id'),
    person,
    ...must('integer', 'condition_concept_id'),
    ...must('date', 'condition_start_date'),
    ...may('datetime', 'condition_start_datetime'),
    ...may('date', 'condition_end_date'),
    ...may('datetime', 'condition_end_datetime'),
    ...must('integer', 'condition_type_concept_id'),
    ...may('integer', 'condition_status_concept_id'),
    ...may(20, 'stop_reason'),
    ...visitAndProvider(),
    ...may(50, 'condition_source_value'),
    ...may('integer', 'condition_source_concept_id'),
    ...may(50, 'condition_status_source_value'),
  ],
  drug_exposure: [
    key('drug_exposure_id'),
    person,
    ...must('integer', 'drug_concept_id'),
    ...must('date', 'drug_exposure_start_date'),
    ...may('datetime', 'drug_exposure_start_datetime'),
    ...must('date', 'drug_exposure_end_date'),
    ...may('datetime', 'drug_exposure_end_datetime'),
    ...may('date', 'verbatim_end_date'),
    ...must('integer', 'drug_type_concept_id'),
    ...may(20, 'stop_reason'),
    ...may('integer', 'refills'),
    ...may('float', 'quantity'),
    ...may('integer', 'days_supply'),
    // Instructions are texts: they never leave a holder.
    ...may(0, 'sig'),
    ...may('integer', 'route_concept_id'),
    ...may(50, 'lot_number'),
    ...visitAndProvider(),
    ...may(50, 'drug_source_value'),
    ...may('integer', 'drug_source_concept_id'),
    ...may(50, 'route_source_value', 'dose_unit_source_value'),
  ],
  procedure_occurrence: [
    key('procedure_occurrence_id'),
    person,
    ...must('integer', 'procedure_concept_id'),
    ...must('date', 'procedure_date'),
    ...may('datetime', 'procedure_datetime'),
    ...may('date', 'procedure_end_date'),
    ...may('datetime', 'procedure_end_datetime'),
    ...must('integer', 'procedure_type_concept_id'),
    ...may('integer', 'modifier_concept_id', 'quantity'),
    ...visitAndProvider(),
    ...may(50, 'procedure_source_value'),
    ...may('integer', 'procedure_source_concept_id'),
    ...may(50, 'modifier_source_value'),
  ],
  measurement: [
    key('measurement_id'),
    person,
    ...must('integer', 'measurement_concept_id'),
    ...must('date', 'measurement_date'),
    ...may('datetime', 'measurement_datetime'),
    ...may(10, 'measurement_time'),
    ...must('integer', 'measurement_type_concept_id'),
    ...may('integer', 'operator_concept_id'),
    ...may('float', 'value_as_number'),
    ...may('integer', 'value_as_concept_id', 'unit_concept_id'),
    ...may('float', 'range_low', 'range_high'),
    ...visitAndProvider(),
    ...may(50, 'measurement_source_value'),
    ...may('integer', 'measurement_source_concept_id'),
    ...may(50, 'unit_source_value'),
    ...may('integer', 'unit_source_concept_id'),
    ...may(50, 'value_source_value'),
    ...may('integer', 'measurement_event_id', 'meas_event_field_concept_id'),
  ],
  observation: [
    key('observation_id'),
    person,
    ...must('integer', 'observation_concept_id'),
    ...must('date', 'observation_date'),
    ...may('datetime', 'observation_datetime'),
    ...must('integer', 'observation_type_concept_id'),
    ...may('float', 'value_as_number'),
    ...may(60, 'value_as_string'),
    ...may('integer', 'value_as_concept_id', 'qualifier_concept_id', 'unit_concept_id'),
    ...visitAndProvider(),
    ...may(50, 'observation_source_value'),
    ...may('integer', 'observation_source_concept_id'),
    ...may(50, 'unit_source_value', 'qualifier_source_value', 'value_source_value'),
    ...may('integer', 'observation_event_id', 'obs_event_field_concept_id'),
  ],
};
