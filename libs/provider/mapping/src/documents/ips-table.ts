import table from '../tables/ips.json' with { type: 'json' };

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
  | 'advanceDirectives';

export interface SectionDefinition {
  readonly name: SectionName;
  readonly code: string;
  readonly title: string;
  readonly absent?: string;
}

export const ipsSections = table.sections as readonly SectionDefinition[];
export const ipsProfiles: Readonly<Record<string, string | undefined>> = table.profiles;
export const laboratoryProfile = table.laboratoryProfile;
/** SNOMED CT of the zib to LOINC answers of the IPS. */
export const smokingAnswers: Readonly<Record<string, string | undefined>> = table.smoking;
export const ips = 'http://hl7.org/fhir/uv/ips';
