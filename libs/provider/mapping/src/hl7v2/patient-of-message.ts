import type { Reference } from '../fhir-types.js';

/** The patient that the parts of a message speak of. */
export interface PatientOfMessage {
  readonly id: string;
  readonly encounterId: string | undefined;
}

export function patientReference(patient: PatientOfMessage): Reference {
  return { reference: `Patient/${patient.id}`, type: 'Patient' };
}

export function encounterElement(patient: PatientOfMessage): { encounter?: Reference } {
  if (patient.encounterId === undefined) return {};
  return { encounter: { reference: `Encounter/${patient.encounterId}`, type: 'Encounter' } };
}
