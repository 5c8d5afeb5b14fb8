import type { FhirResource } from '@samenhang/data-model';
import type { DemoPerson } from './people.js';

const BSN = 'http://fhir.nl/fhir/NamingSystem/bsn';
const SNOMED = 'http://snomed.info/sct';

/** What the FHIR R4 server of GP practice Zonneweg holds: base R4, as a vendor's server gives it. */
export function gpResources(people: readonly DemoPerson[]): FhirResource[] {
  return people.flatMap((person) => [
    patientOf(person),
    ...(person.diabetic
      ? [condition(person, 'diabetes', '44054006', 'Diabetes mellitus type 2', '2019-03-01')]
      : []),
    condition(person, 'hypertension', '38341003', 'Hypertensive disorder, systemic arterial', '2021-06'),
    ...(person.penicillinAllergy ? [penicillinAllergy(person)] : []),
    bloodPressure(person),
    consultation(person),
  ]);
}

function patientOf(person: DemoPerson): FhirResource {
  const family = [person.prefix, person.familyName].filter((part) => part !== '').join(' ');
  return {
    resourceType: 'Patient',
    id: person.gpNumber,
    identifier: [
      { system: BSN, value: person.bsn },
      { system: 'https://zonneweg.example/patienten', value: person.gpNumber },
    ],
    active: true,
    name: [{ use: 'official', text: `${person.givenName} ${family}`, family, given: [person.givenName] }],
    telecom: [{ system: 'phone', value: '+31900123456', use: 'home' }],
    gender: person.gender,
    birthDate: person.birthDate,
    address: [
      {
        use: 'home',
        line: [`${person.street} ${person.houseNumber}`],
        city: person.city,
        postalCode: person.postalCode,
        country: 'NL',
      },
    ],
  };
}

const subject = (person: DemoPerson): { reference: string } => ({ reference: `Patient/${person.gpNumber}` });

function condition(
  person: DemoPerson,
  name: string,
  code: string,
  display: string,
  onset: string,
): FhirResource {
  return {
    resourceType: 'Condition',
    id: `${person.gpNumber}-${name}`,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: SNOMED, code, display }], text: display },
    subject: subject(person),
    onsetDateTime: onset,
  };
}

function penicillinAllergy(person: DemoPerson): FhirResource {
  return {
    resourceType: 'AllergyIntolerance',
    id: `${person.gpNumber}-penicillin`,
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
      ],
    },
    category: ['medication'],
    criticality: 'high',
    code: { coding: [{ system: SNOMED, code: '373270004', display: 'Penicillin' }], text: 'Penicilline' },
    patient: subject(person),
    onsetDateTime: '2015-06-12',
  };
}

function bloodPressure(person: DemoPerson): FhirResource {
  const component = (code: string, value: number): object => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  });
  return {
    resourceType: 'Observation',
    id: `${person.gpNumber}-bp`,
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }], text: 'Bloeddruk' },
    subject: subject(person),
    effectiveDateTime: '2026-10-05T09:30:00+02:00',
    component: [component('8480-6', 138), component('8462-4', 84)],
  };
}

function consultation(person: DemoPerson): FhirResource {
  return {
    resourceType: 'Encounter',
    id: `${person.gpNumber}-visit`,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    subject: subject(person),
    period: { start: '2026-10-05T09:20:00+02:00', end: '2026-10-05T09:35:00+02:00' },
  };
}
