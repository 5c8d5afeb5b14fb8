import type { TableSet } from '../tables/table-set.js';

export type IpsTable = TableSet['ips'];

/** The sections that facts are put in; the table says how they are coded and called. */
export type SectionName =
  | 'medications'
  | 'allergies'
  | 'problems'
  | 'pastIllness'
  | 'procedures'
  | 'immunizations'
  | 'devices'
  | 'results'
  | 'vitalSigns'
  | 'socialHistory'
  | 'advanceDirectives'
  | 'planOfCare'
  | 'alerts';

export type SectionDefinition = IpsTable['sections'][number];
export const ips = 'http://hl7.org/fhir/uv/ips';
