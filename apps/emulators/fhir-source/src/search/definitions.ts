import { dataCategories } from '@samenhang/data-model';
import type { ResourceDefinition } from '@samenhang/fhir-http';

const parameter = (
  name: string,
  type: 'token' | 'date' | 'reference',
  owner: string,
): ResourceDefinition['searchParameters'][number] => ({
  name,
  type,
  definition: `http://hl7.org/fhir/SearchParameter/${owner}`,
});

const common = [
  parameter('_id', 'token', 'Resource-id'),
  parameter('_lastUpdated', 'date', 'Resource-lastUpdated'),
];

const withMedication = ['MedicationRequest', 'MedicationDispense', 'MedicationStatement'];

function ofType(type: string): ResourceDefinition {
  const isPatient = type === 'Patient';
  return {
    type,
    interactions: ['read', 'search-type'],
    ...(withMedication.includes(type) ? { includes: [`${type}:medication`] } : {}),
    searchParameters: [
      ...common,
      parameter('identifier', 'token', isPatient ? 'Patient-identifier' : 'clinical-identifier'),
      ...(isPatient
        ? []
        : [
            parameter('patient', 'reference', 'clinical-patient'),
            parameter('subject', 'reference', `${type}-subject`),
          ]),
      parameter('category', 'token', `${type}-category`),
      // Sorting is always by time of update; the parameter is there so that it may be asked for.
      parameter('_sort', 'token', 'Resource-lastUpdated'),
    ],
  };
}

const types = [...new Set(dataCategories.map(({ resourceType }) => resourceType as string))];
const supporting = ['Medication', 'Practitioner', 'PractitionerRole', 'Organization', 'Location'];

/** What holds facts about a patient: all that a guarded server serves. */
export const clinicalDefinitions: readonly ResourceDefinition[] = types.map(ofType);
export const allDefinitions: readonly ResourceDefinition[] = [
  ...clinicalDefinitions,
  ...supporting.map(ofType),
];
