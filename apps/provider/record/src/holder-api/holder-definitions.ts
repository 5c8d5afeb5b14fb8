import { canonicalBase } from '@samenhang/data-model';
import type { ResourceDefinition, SearchParameterDefinition } from '@samenhang/fhir-http';
import type { IndexedParameter } from '../resources/indexed-parameter.js';
import { patientExport } from '../secondary-use/offered-operations.js';
import { compositesOf } from './composite-criteria.js';
import { isOfPatient, modifiersOf } from './searched-parameter.js';
import { recordedTypes, supportingTypes, type RecordedType } from '../resources/record-resources.js';

const HL7 = 'http://hl7.org/fhir/';
const wholePatientOperation = {
  name: 'everything',
  definition: `${canonicalBase}/OperationDefinition/holder-everything`,
};
const lastnOperation = { name: 'lastn', definition: `${HL7}OperationDefinition/Observation-lastn` };

/** Parameters that say how the answer is given (http://hl7.org/fhir/R4/search.html#modifyingresults). */
const resultParameters = ['_elements', '_include:iterate', '_revinclude', '_sort', '_summary', '_total'];

function toDefinition(owner: string, parameter: IndexedParameter): SearchParameterDefinition {
  const { name, type, definition, targets } = parameter;
  const namesPatient = isOfPatient(owner, name);
  return {
    name,
    type,
    definition,
    ...(type === 'reference' ? { targets } : {}),
    ...(namesPatient
      ? { documentation: 'Names the one patient of the search' }
      : { modifiers: modifiersOf(parameter) }),
  };
}

/** References of a type that can be followed: to what is served or comes along. */
function includesOf({ type, parameters }: RecordedType): string[] {
  return parameters
    .filter((each) => each.type === 'reference' && each.targets.length > 0)
    .map(({ name }) => `${type}:${name}`);
}

/** Which types refer to which, by what parameter; of what may be given of the same patient only. */
const referringTo = (target: string): string[] =>
  recordedTypes.flatMap(({ type, parameters }) =>
    parameters
      .filter(
        (each) => each.type === 'reference' && each.targets.includes(target) && !isOfPatient(type, each.name),
      )
      .map(({ name }) => `${type}:${name}`),
  );

/** What the data holder's API offers: the routes are checked against it and the CapabilityStatement is made of it. */
export const holderDefinitions: readonly ResourceDefinition[] = recordedTypes.map((recorded) => {
  const { type, parameters } = recorded;
  return {
    type,
    interactions: ['read', 'vread', 'history-instance', 'history-type', 'search-type'],
    conditionalRead: true,
    searchParameters: [
      { name: '_id', type: 'token', definition: `${HL7}SearchParameter/Resource-id` },
      { name: '_lastUpdated', type: 'date', definition: `${HL7}SearchParameter/Resource-lastUpdated` },
      ...parameters.map((parameter) => toDefinition(type, parameter)),
      ...compositesOf(type),
    ],
    includes: includesOf(recorded),
    revIncludes: ['Provenance:target', ...(type === 'Patient' ? [] : referringTo(type))],
    resultParameters,
    ...(type === 'Patient' ? { operations: [wholePatientOperation, patientExport] } : {}),
    ...(type === 'Observation' ? { operations: [lastnOperation] } : {}),
  };
});

/** Of a care provider whose data stays at its own server: nothing is kept, so nothing has a name or a history here. */
export const liveDefinitions: readonly ResourceDefinition[] = holderDefinitions.map((definition) => ({
  ...definition,
  interactions: ['search-type'],
}));

/** Files of documents, by id alone: never searched, since they are about nobody by themselves. */
export const binaryDefinition: ResourceDefinition = {
  type: 'Binary',
  interactions: ['read'],
  searchParameters: [],
  documentation: 'In the context of its document, which X-Security-Context names: DocumentReference/[id]',
};

const byType = new Map(holderDefinitions.map((definition) => [definition.type, definition]));

export function findHolderDefinition(type: string): ResourceDefinition | undefined {
  return byType.get(type);
}

/** Whether `Type:parameter` can be followed from somewhere: with `:iterate` from what came along as well. */
export function isFollowed(include: string): boolean {
  const [type = '', name] = include.split(':');
  return byType.get(type)?.includes?.includes(`${type}:${name}`) === true || supportingTypes.has(type);
}

/** When the definitions last changed, for the CapabilityStatement. */
export const definitionsDate = '2026-11-22';
