import { canonicalBase } from '@samenhang/data-model';

/** An operation of the API: the routes, the CapabilityStatement and the OpenAPI document speak of these. */
export interface OfferedOperation {
  readonly type: string;
  readonly name: string;
  readonly definition: string;
  readonly summary: string;
  /** What the body is. */
  readonly body: 'Parameters' | 'form';
  /** What it gives: a Bundle of this type, or a Binary. */
  readonly answer: 'searchset' | 'document' | 'binary';
}

export const offeredOperations: readonly OfferedOperation[] = [
  {
    type: 'Patient',
    name: 'everything',
    definition: `${canonicalBase}/OperationDefinition/patient-view`,
    summary: 'Everything that the registered custodians say about one person',
    body: 'Parameters',
    answer: 'searchset',
  },
  {
    type: 'Patient',
    name: 'bgz',
    definition: `${canonicalBase}/OperationDefinition/bgz`,
    summary: 'The results of all searches of the basic data set for care (BgZ) in one Bundle',
    body: 'Parameters',
    answer: 'searchset',
  },
  {
    type: 'Patient',
    name: 'summary',
    definition: `${canonicalBase}/OperationDefinition/summary`,
    summary: 'What all custodians say about one person as an International Patient Summary (IPS)',
    body: 'Parameters',
    answer: 'document',
  },
  {
    type: 'DocumentReference',
    name: 'attachment',
    definition: `${canonicalBase}/OperationDefinition/attachment`,
    summary: 'The bytes of one file of a document, from the care provider that holds it',
    body: 'Parameters',
    answer: 'binary',
  },
  {
    type: 'Observation',
    name: 'lastn',
    definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
    summary: 'The last observations of each kind',
    body: 'form',
    answer: 'searchset',
  },
];
