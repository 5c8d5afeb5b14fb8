import type { DataCategory } from '@samenhang/data-model';
import { findRecordedType } from '../resources/record-resources.js';
import type { DirectSource } from './direct-source.js';

/** A search of the BgZ, as each version of FHIR has it; the patient is added to it. */
interface BgzSearch {
  /** What its facts are here (R4). */
  readonly type: string;
  /** The category of its facts; what is of none is guarded by others. */
  readonly category?: DataCategory;
  /** BgZ 2017, as the profiles for exchange between institutions ask it. */
  readonly stu3?: string;
  /** On nl-core profiles, no narrower than BgZ 2017. */
  readonly r4?: string;
}

const sct = (code: string): string => `http://snomed.info/sct|${code}`;
const loinc = (...codes: string[]): string => codes.map((code) => `http://loinc.org|${code}`).join(',');
const lastOf = (query: string): string => `Observation/$lastn?${query}`;
const observations = (...codes: string[]): string => `Observation?code=${codes.map(sct).join(',')}`;

/** Sections of the BgZ in the order of its information standard. */
const bgzSearches: readonly BgzSearch[] = [
  { type: 'RelatedPerson', r4: 'RelatedPerson' },
  {
    type: 'Coverage',
    stu3: 'Coverage?_include=Coverage:payor:Organization',
    r4: 'Coverage?_include=Coverage:payor:Organization',
  },
  { type: 'Consent', stu3: `Consent?category=${sct('11291000146105')}`, r4: 'Consent' },
  { type: 'Consent', stu3: `Consent?category=${sct('11341000146107')}` },
  {
    type: 'Observation',
    stu3: lastOf(`category=${sct('118228005')},${sct('384821006')}`),
    r4: lastOf(`category=${sct('118228005')},${sct('384821006')}`),
  },
  { type: 'Condition', category: 'Condition', stu3: 'Condition', r4: 'Condition' },
  {
    type: 'Observation',
    stu3: lastOf(`code=${sct('365508006')}`),
    r4: `${lastOf(`code=${sct('365508006')}`)}&_include=Observation:has-member`,
  },
  ...['228366006', '228273003', '365980008'].map((code) => ({
    type: 'Observation',
    stu3: observations(code),
    r4: observations(code),
  })),
  { type: 'NutritionOrder', stu3: 'NutritionOrder', r4: 'NutritionOrder' },
  { type: 'Flag', stu3: 'Flag', r4: 'Flag' },
  {
    type: 'AllergyIntolerance',
    category: 'AllergyIntolerance',
    stu3: 'AllergyIntolerance',
    r4: 'AllergyIntolerance',
  },
  {
    type: 'MedicationStatement',
    category: 'MedicationUse',
    stu3: 'MedicationStatement?category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6&_include=MedicationStatement:medication',
    r4: 'MedicationStatement?_include=MedicationStatement:medication',
  },
  {
    type: 'MedicationRequest',
    category: 'MedicationRequest',
    stu3: `MedicationRequest?category=${sct('16076005')}&_include=MedicationRequest:medication`,
    r4: 'MedicationRequest?_include=MedicationRequest:medication',
  },
  {
    type: 'MedicationDispense',
    category: 'MedicationDispense',
    stu3: `MedicationDispense?category=${sct('422037009')}&_include=MedicationDispense:medication`,
    r4: 'MedicationDispense?_include=MedicationDispense:medication',
  },
  {
    type: 'DeviceUseStatement',
    stu3: 'DeviceUseStatement?_include=DeviceUseStatement:device',
    r4: 'DeviceUseStatement?_include=DeviceUseStatement:device',
  },
  {
    type: 'Immunization',
    category: 'Immunization',
    stu3: 'Immunization?status=completed',
    r4: 'Immunization',
  },
  ...[['85354-9'], ['29463-7'], ['8302-2', '8306-3', '8308-9']].map((codes) => ({
    type: 'Observation',
    category: 'ObservationVitalSigns' as const,
    stu3: lastOf(`code=${loinc(...codes)}`),
  })),
  { type: 'Observation', category: 'ObservationVitalSigns', r4: 'Observation?category=vital-signs' },
  {
    type: 'Observation',
    category: 'ObservationLaboratory',
    stu3: `${lastOf(`category=${sct('275711006')}`)}&_include=Observation:related-target&_include=Observation:specimen`,
    r4: 'Observation?category=laboratory&_include=Observation:has-member&_include=Observation:specimen',
  },
  {
    type: 'Procedure',
    category: 'Procedure',
    stu3: `Procedure?category=${sct('387713003')}`,
    r4: 'Procedure',
  },
  { type: 'Encounter', category: 'Encounter', stu3: 'Encounter?class=IMP,ACUTE,NONAC', r4: 'Encounter' },
  { type: 'ServiceRequest', stu3: 'ProcedureRequest?status=active', r4: 'ServiceRequest?status=active' },
  {
    type: 'ImmunizationRecommendation',
    stu3: 'ImmunizationRecommendation',
    r4: 'ImmunizationRecommendation',
  },
  {
    type: 'DeviceRequest',
    stu3: 'DeviceRequest?status=active&_include=DeviceRequest:device',
    r4: 'DeviceRequest?status=active&_include=DeviceRequest:device',
  },
  {
    type: 'Appointment',
    stu3: 'Appointment?status=booked,pending,proposed',
    r4: 'Appointment?status=booked,pending,proposed',
  },
  {
    type: 'CareTeam',
    stu3: 'CareTeam?status=active&_include=CareTeam:participant',
    r4: 'CareTeam?status=active&_include=CareTeam:participant',
  },
  {
    type: 'DocumentReference',
    stu3: 'DocumentReference?status=current',
    r4: 'DocumentReference?status=current',
  },
];

/** A search as it is sent. */
export interface SourceQuery {
  readonly type: string;
  readonly category: DataCategory | undefined;
  /** Type and operation, such as `Observation/$lastn`. */
  readonly path: string;
  readonly parameters: readonly (readonly [string, string])[];
  /** By which parameter it names the patient. */
  readonly patientParameter: string;
}

/** The searches whose facts may be given; nothing else is asked of the source. */
export function queriesFor(
  version: DirectSource['fhirVersion'],
  permitted: readonly DataCategory[],
): SourceQuery[] {
  return bgzSearches.flatMap(({ type, category, ...texts }) => {
    const text = texts[version];
    const needed = category === undefined ? (findRecordedType(type)?.guards ?? []) : [category];
    const isPermitted = needed.length > 0 && needed.every((each) => permitted.includes(each));
    if (text === undefined || !isPermitted) return [];
    const [path = '', query = ''] = text.split('?');
    const parameters = query === '' ? [] : query.split('&').map(toParameter);
    const patientParameter = type === 'Coverage' ? 'beneficiary' : 'patient';
    return [{ type, category, path, parameters, patientParameter }];
  });
}

function toParameter(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
