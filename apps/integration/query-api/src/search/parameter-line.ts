/** How a search parameter compares (http://hl7.org/fhir/R4/search.html#ptypes). */
export type ParameterKind = 'token' | 'date' | 'string' | 'quantity' | 'reference' | 'uri' | 'composite';

/** `own:` stands before what R4 has no parameter for: its canonical URL is our own. */
export type ParameterLine = readonly [
  name: string,
  kind: ParameterKind,
  definition: string,
  ...paths: string[],
];

export interface TypeParameters {
  readonly type: string;
  /** By which parameter the patient is named; `patient` and `subject` when left out. */
  readonly patient?: readonly string[];
  readonly parameters: readonly ParameterLine[];
  readonly includes?: Readonly<Record<string, readonly string[]>>;
}

export const identifier: ParameterLine = ['identifier', 'token', 'clinical-identifier', 'identifier'];
export const medicationCode: ParameterLine = ['code', 'token', 'clinical-code', 'medicationCodeableConcept'];
export const medicationStatus: ParameterLine = ['status', 'token', 'medications-status', 'status'];
