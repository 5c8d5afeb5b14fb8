import type { ResourceDefinition } from '@samenhang/fhir-http';

const tokens = ['_id', 'identifier', 'category', 'code', 'status', 'class'];

/** Types of BgZ 2017 in STU3, and what may come along with them. */
const includes: Readonly<Record<string, readonly string[]>> = {
  Patient: ['general-practitioner'],
  Coverage: ['payor'],
  Consent: [],
  Observation: ['related-target', 'specimen'],
  Condition: [],
  NutritionOrder: [],
  Flag: [],
  AllergyIntolerance: [],
  MedicationStatement: ['medication'],
  MedicationRequest: ['medication'],
  MedicationDispense: ['medication'],
  DeviceUseStatement: ['device'],
  Immunization: [],
  Procedure: [],
  Encounter: [],
  ProcedureRequest: [],
  ImmunizationRecommendation: [],
  DeviceRequest: ['device'],
  Appointment: [],
  CareTeam: ['participant'],
  DocumentReference: [],
};

const canonical = (type: string, name: string): string =>
  `http://hl7.org/fhir/SearchParameter/${type}-${name}`;

/** What a server of BgZ 2017 is asked: its fixed searches, by patient. */
export const bgz2017Definitions: readonly ResourceDefinition[] = Object.entries(includes).map(
  ([type, names]) => ({
    type,
    interactions: ['search-type'],
    includes: names.flatMap((name) => [
      `${type}:${name}`,
      ...(name === 'payor' ? [`${type}:${name}:Organization`] : []),
    ]),
    searchParameters: [
      ...tokens.map((name) => ({ name, type: 'token' as const, definition: canonical(type, name) })),
      ...(type === 'Patient' ? [] : ['patient', 'beneficiary']).map((name) => ({
        name,
        type: 'reference' as const,
        definition: canonical(type, name),
      })),
    ],
  }),
);
