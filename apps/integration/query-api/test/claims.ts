import { identifierSystems } from '@samenhang/data-model';

/** Of a general practitioner who treats the patient. */
export const generalPractitioner = {
  scope: 'view:read',
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

/** The body of an operation about one person. */
export function asking(value: string, ...beside: readonly object[]): string {
  const patient = { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value } };
  return JSON.stringify({ resourceType: 'Parameters', parameter: [patient, ...beside] });
}
