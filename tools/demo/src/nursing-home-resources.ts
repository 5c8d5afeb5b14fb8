import type { FhirResource } from '@samenhang/data-model';
import type { DemoPerson } from './people.js';

const profile = (id: string): { profile: string[] } => ({
  profile: [`http://nictiz.nl/fhir/StructureDefinition/${id}`],
});

/** What nursing home De Linde serves from its own nl-core endpoint. */
export function nursingHomeResources(people: readonly DemoPerson[]): FhirResource[] {
  return people
    .filter((person) => person.livesInNursingHome)
    .flatMap((person) => [
      patientOf(person),
      residence(person),
      dementia(person),
      ...(person.penicillinAllergy ? [allergy(person)] : []),
      weight(person),
    ]);
}

function patientOf(person: DemoPerson): FhirResource {
  const family = [person.prefix, person.familyName].filter(Boolean).join(' ');
  return {
    resourceType: 'Patient',
    id: person.nursingHomeNumber,
    meta: profile('nl-core-Patient'),
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: person.bsn }],
    name: [
      {
        use: 'official',
        text: `${person.initials}. ${family}`,
        family,
        given: [`${person.initials}.`],
        _given: [
          {
            extension: [
              { url: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier', valueCode: 'IN' },
            ],
          },
        ],
      },
    ],
    gender: person.gender,
    birthDate: person.birthDate,
  };
}

const subject = (person: DemoPerson): object => ({
  reference: `Patient/${person.nursingHomeNumber}`,
  type: 'Patient',
});

function residence(person: DemoPerson): FhirResource {
  return {
    resourceType: 'Encounter',
    id: `${person.nursingHomeNumber}-stay`,
    meta: profile('nl-core-Encounter'),
    status: 'in-progress',
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: 'IMP',
      display: 'inpatient encounter',
    },
    subject: subject(person),
    period: { start: '2025-02-10' },
  };
}

function dementia(person: DemoPerson): FhirResource {
  return {
    resourceType: 'Condition',
    id: `${person.nursingHomeNumber}-dementia`,
    meta: profile('nl-core-Problem'),
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '52448006', display: 'Dementia' }] },
    subject: subject(person),
    onsetDateTime: '2023-11',
  };
}

function allergy(person: DemoPerson): FhirResource {
  return {
    resourceType: 'AllergyIntolerance',
    id: `${person.nursingHomeNumber}-latex`,
    meta: profile('nl-core-AllergyIntolerance'),
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
      ],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '111088007', display: 'Latex' }] },
    patient: subject(person),
  };
}

function weight(person: DemoPerson): FhirResource {
  return {
    resourceType: 'Observation',
    id: `${person.nursingHomeNumber}-weight`,
    meta: profile('nl-core-BodyWeight'),
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    subject: subject(person),
    effectiveDateTime: '2026-11-01T08:00:00+01:00',
    valueQuantity: { value: 71.4, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  };
}
