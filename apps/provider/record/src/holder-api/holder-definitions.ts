import { canonicalBase } from '@samenhang/data-model';
import type { ResourceDefinition } from '@samenhang/fhir-http';
import { recordedTypes, searchParametersOf } from '../resources/record-resources.js';

const wholePatientOperation = {
  name: 'everything',
  definition: `${canonicalBase}/OperationDefinition/holder-everything`,
};

/** What the data holder's API offers: the routes are checked against it and the CapabilityStatement is made of it. */
export const holderDefinitions: readonly ResourceDefinition[] = recordedTypes.map((recorded) => ({
  type: recorded.type,
  interactions: ['read', 'search-type'],
  searchParameters: searchParametersOf(recorded),
  includes: recorded.links.map(({ name }) => `${recorded.type}:${name}`),
  ...(recorded.type === 'Patient' ? { operations: [wholePatientOperation] } : {}),
}));

const byType = new Map(holderDefinitions.map((definition) => [definition.type, definition]));

export function findHolderDefinition(type: string): ResourceDefinition | undefined {
  return byType.get(type);
}

/** When the definitions last changed, for the CapabilityStatement. */
export const definitionsDate = '2026-11-22';
