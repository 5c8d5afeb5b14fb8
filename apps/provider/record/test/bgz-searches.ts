/** A search of the BgZ or of its neighbours in FHIR R4, with how many matches and included resources `bgzPatient` has for it. */
export type BgzSearch = readonly [search: string, matches: number, included: number];

const sct = 'http://snomed.info/sct|';
const loinc = 'http://loinc.org|';
const observations = 'http://terminology.hl7.org/CodeSystem/observation-category|';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|';

/** Without what names the patient, and without `Provenance:target`, which the tests add. */
export const bgzSearches: readonly BgzSearch[] = [
  ['Patient?_include=Patient:general-practitioner', 1, 0],
  ['Coverage?_include=Coverage:payor:Patient&_include=Coverage:payor:Organization', 1, 2],
  [`Consent?category=${sct}129125009`, 1, 0],
  ['Consent?category=http://terminology.hl7.org/CodeSystem/consentcategorycodes|acd', 1, 0],
  [`Observation/$lastn?category=${sct}118228005,${sct}384821006`, 2, 0],
  ['Condition', 1, 0],
  [`Observation/$lastn?code=${sct}365508006&_include=Observation:has-member`, 1, 0],
  [`Observation?code=${sct}228366006`, 1, 0],
  [`Observation?code=${sct}228273003`, 1, 0],
  [`Observation?code=${sct}365980008`, 1, 0],
  ['NutritionOrder', 1, 0],
  ['Flag', 1, 0],
  [`Flag?category=${sct}75323-6`, 1, 0],
  ['AllergyIntolerance', 1, 0],
  [`MedicationStatement?category=${sct}422979000&_include=MedicationStatement:medication`, 1, 1],
  [`MedicationRequest?category=${sct}33633005&_include=MedicationRequest:medication`, 1, 1],
  [`MedicationDispense?category=${sct}422037009&_include=MedicationDispense:medication`, 1, 1],
  ['DeviceUseStatement?_include=DeviceUseStatement:device', 1, 1],
  ['Immunization?status=completed', 1, 0],
  [`Observation/$lastn?code=${loinc}85354-9`, 1, 0],
  [`Observation/$lastn?code=${loinc}29463-7`, 1, 0],
  [`Observation/$lastn?code=${loinc}8302-2,${loinc}8306-3,${loinc}8308-9`, 1, 0],
  [
    `Observation/$lastn?category=${observations}laboratory&_include=Observation:has-member&_include=Observation:specimen`,
    2,
    1,
  ],
  [
    `Observation/$lastn?category=${sct}275711006&_include=Observation:derived-from&_include=Observation:specimen`,
    2,
    1,
  ],
  [`Procedure?category=${sct}387713003`, 1, 0],
  [`Procedure?category=${sct}387713003,${sct}258174001&_include=Procedure:based-on`, 1, 1],
  [`Encounter?class=${actCode}IMP,${actCode}ACUTE,${actCode}NONAC`, 1, 0],
  ['ServiceRequest?status=active', 1, 0],
  ['ImmunizationRecommendation', 1, 0],
  ['DeviceRequest?status=active&_include=DeviceRequest:device', 1, 0],
  ['Appointment?status=booked,pending,proposed', 1, 0],
  ['CareTeam?status=active&_include=CareTeam:participant', 1, 1],
  ['DocumentReference?status=current', 1, 0],
  // Self-measurements, data of general practitioners, medication process, hand-over of nursing care.
  [`Observation?code=${loinc}85354-9,${loinc}29463-7&date=ge2026-02-01&date=le2026-03-31`, 2, 0],
  [`Composition?type=${loinc}67781-5`, 1, 0],
  ['EpisodeOfCare', 1, 0],
  [`Observation?code=${loinc}`, 7, 0],
  ['MedicationRequest?period-of-use=ge2026-01-15', 1, 0],
  ['DocumentReference?date=ge2026&type=http://loinc.org|11488-4', 1, 0],
  ['CarePlan?_include=CarePlan:care-team&_include:iterate=CareTeam:participant', 1, 2],
];
