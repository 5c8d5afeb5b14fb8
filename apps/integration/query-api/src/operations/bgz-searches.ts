/** One search of the BgZ: over which type, and with which criteria. */
export interface BgzSearch {
  readonly type: string;
  readonly isLastN?: true;
  readonly criteria: Readonly<Record<string, string | readonly string[]>>;
}

const snomed = (...codes: string[]): string =>
  codes.map((code) => `http://snomed.info/sct|${code}`).join(',');
const loinc = (...codes: string[]): string => codes.map((code) => `http://loinc.org|${code}`).join(',');
const search = (type: string, criteria: BgzSearch['criteria'] = {}): BgzSearch => ({ type, criteria });
const lastN = (criteria: BgzSearch['criteria']): BgzSearch => ({
  type: 'Observation',
  isLastN: true,
  criteria,
});

/**
 * The searches by which the basic data set for care (BgZ 2017 and 2020) is collected, in terms of FHIR R4:
 * ProcedureRequest is ServiceRequest, related-target is has-member and derived-from.
 */
export const bgzSearches: readonly BgzSearch[] = [
  search('Patient', { _include: 'Patient:general-practitioner' }),
  search('Coverage', { _include: ['Coverage:payor:Patient', 'Coverage:payor:Organization'] }),
  search('Consent', { category: snomed('11291000146105') }),
  search('Consent', { category: snomed('11341000146107') }),
  lastN({ category: snomed('118228005', '384821006') }),
  search('Condition'),
  lastN({ code: snomed('365508006') }),
  search('Observation', { code: snomed('228366006') }),
  search('Observation', { code: snomed('228273003') }),
  search('Observation', { code: snomed('365980008') }),
  search('NutritionOrder'),
  search('Flag'),
  search('AllergyIntolerance'),
  search('MedicationStatement', {
    category: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6',
    _include: 'MedicationStatement:medication',
  }),
  search('MedicationRequest', { category: snomed('16076005'), _include: 'MedicationRequest:medication' }),
  search('MedicationDispense', { category: snomed('422037009'), _include: 'MedicationDispense:medication' }),
  search('DeviceUseStatement', { _include: 'DeviceUseStatement:device' }),
  search('Immunization', { status: 'completed' }),
  lastN({ code: loinc('85354-9') }),
  lastN({ code: loinc('29463-7') }),
  lastN({ code: loinc('8302-2', '8306-3', '8308-9') }),
  lastN({
    category: snomed('275711006'),
    _include: ['Observation:has-member', 'Observation:derived-from', 'Observation:specimen'],
  }),
  search('Procedure', { category: snomed('387713003'), _include: 'Procedure:based-on' }),
  search('Encounter', { class: ['IMP', 'ACUTE', 'NONAC'].join(',') }),
  search('ServiceRequest', { status: 'active' }),
  search('Appointment', { status: 'booked,pending,proposed' }),
  search('CareTeam', { status: 'active', _include: 'CareTeam:participant' }),
];
