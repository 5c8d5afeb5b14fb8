const sct = 'http://snomed.info/sct|';
const loinc = 'http://loinc.org|';

/** The searches of the BgZ in FHIR R4 (zib 2020). */
const searches: readonly string[] = [
  'Patient?_include=Patient:general-practitioner',
  'Coverage?_include=Coverage:payor',
  `Consent?category=${sct}129125009`,
  'Consent?category=http://terminology.hl7.org/CodeSystem/consentcategorycodes|acd',
  `Observation/$lastn?category=${sct}118228005,${sct}384821006`,
  'Condition?_count=1000',
  `Observation/$lastn?code=${sct}365508006`,
  `Observation?code=${sct}228366006`,
  `Observation?code=${sct}228273003`,
  `Observation?code=${sct}365980008`,
  'NutritionOrder?_count=1000',
  'Flag?_count=1000',
  'AllergyIntolerance?_count=1000',
  'MedicationStatement?_include=MedicationStatement:medication',
  `MedicationRequest?category=${sct}33633005&_include=MedicationRequest:medication`,
  `MedicationDispense?category=${sct}422037009&_include=MedicationDispense:medication`,
  'DeviceUseStatement?_include=DeviceUseStatement:device',
  'Immunization?status=completed',
  `Observation/$lastn?code=${loinc}85354-9`,
  `Observation/$lastn?code=${loinc}29463-7`,
  `Observation/$lastn?code=${loinc}8302-2,${loinc}8306-3,${loinc}8308-9`,
  'Observation/$lastn?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&_include=Observation:has-member&_include=Observation:specimen',
  'Procedure?_count=1000',
  'Encounter?class=IMP,ACUTE,NONAC',
  'ServiceRequest?status=active',
  'ImmunizationRecommendation?_count=1000',
  'DeviceRequest?status=active',
  'Appointment?status=booked,pending,proposed',
  'CareTeam?status=active&_include=CareTeam:participant',
];

/**
 * All of them for one patient, in one batch.
 * @param isPlain without `$lastn`, for a server that has it only with a search engine beside it: all of what it would choose from
 */
export function bgzBundle(identifier: string, isPlain = false): string {
  const entry = searches.map((stated) => {
    const search = isPlain ? stated.replace('/$lastn', '') : stated;
    const name = search.startsWith('Patient') ? 'identifier' : 'patient.identifier';
    const url = `${search}&${name}=${encodeURIComponent(identifier)}`;
    return { request: { method: 'GET', url } };
  });
  return JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
}
