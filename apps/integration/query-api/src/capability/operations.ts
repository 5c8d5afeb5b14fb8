import { canonicalBase } from '@samenhang/data-model';

/** An operation of the API: the routes, the CapabilityStatement and the OpenAPI document speak of these. */
export interface OfferedOperation {
  readonly type: string;
  readonly name: string;
  readonly definition: string;
  readonly summary: string;
  /** What the body is. */
  readonly body: 'Parameters' | 'form';
}

export const offeredOperations: readonly OfferedOperation[] = [
  {
    type: 'Patient',
    name: 'everything',
    definition: `${canonicalBase}/OperationDefinition/patient-view`,
    summary: 'Everything that the registered custodians say about one person',
    body: 'Parameters',
  },
  {
    type: 'Patient',
    name: 'bgz',
    definition: `${canonicalBase}/OperationDefinition/bgz`,
    summary: 'The results of all searches of the basic data set for care (BgZ) in one Bundle',
    body: 'Parameters',
  },
  {
    type: 'Observation',
    name: 'lastn',
    definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
    summary: 'The last observations of each kind',
    body: 'form',
  },
];
