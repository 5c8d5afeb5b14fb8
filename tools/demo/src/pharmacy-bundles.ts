import type { FhirResource } from '@samenhang/data-model';
import type { DemoPerson } from './people.js';

const ATC = 'http://www.whocc.no/atc';

/** What pharmacy De Brug pushes: one Bundle per patient with agreements and dispenses. */
export function pharmacyBundles(people: readonly DemoPerson[]): FhirResource[] {
  return people.map((person, index) => {
    const medications = [
      ...(person.diabetic
        ? [{ code: 'A10BA02', display: 'metformin', text: '2 maal per dag 1 tablet' }]
        : []),
      { code: 'C09AA02', display: 'enalapril', text: '1 maal per dag 1 tablet' },
    ];
    return {
      resourceType: 'Bundle',
      id: `debrug-${index}`,
      type: 'collection',
      entry: [patientOf(person), ...medications.flatMap((item) => agreementAndDispense(person, item))].map(
        (resource) => ({
          fullUrl: `https://debrug.example/fhir/${resource.resourceType}/${resource.id}`,
          resource,
        }),
      ),
    };
  });
}

/** A resource that is not valid R4: `intent` is missing and `status` is no code of the specification. */
export function invalidResource(person: DemoPerson): FhirResource {
  return {
    resourceType: 'MedicationRequest',
    id: 'not-valid',
    status: 'nonsense',
    subject: { reference: `Patient/brug-${person.gpNumber}` },
    medicationCodeableConcept: { text: 'onbekend' },
  };
}

function patientOf(person: DemoPerson): FhirResource {
  return {
    resourceType: 'Patient',
    id: `brug-${person.gpNumber}`,
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: person.bsn }],
    name: [
      { family: [person.prefix, person.familyName].filter(Boolean).join(' '), given: [person.initials] },
    ],
    gender: person.gender,
    birthDate: person.birthDate,
  };
}

function agreementAndDispense(
  person: DemoPerson,
  item: { code: string; display: string; text: string },
): FhirResource[] {
  const id = `${person.gpNumber}-${item.code}`;
  const medicationCodeableConcept = {
    coding: [{ system: ATC, code: item.code, display: item.display }],
    text: item.display,
  };
  const subject = { reference: `Patient/brug-${person.gpNumber}` };
  return [
    {
      resourceType: 'MedicationRequest',
      id: `ma-${id}`,
      status: 'active',
      intent: 'order',
      medicationCodeableConcept,
      subject,
      authoredOn: '2026-09-01',
      dosageInstruction: [{ text: item.text }],
    },
    {
      resourceType: 'MedicationDispense',
      id: `md-${id}`,
      status: 'completed',
      medicationCodeableConcept,
      subject,
      whenHandedOver: '2026-09-02T14:05:00+02:00',
      quantity: { value: 60, unit: 'tablet' },
      dosageInstruction: [{ text: item.text }],
    },
  ];
}
