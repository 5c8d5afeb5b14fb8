import type { VerifiedIdentity } from './verified-identity.js';

/** A verified identity in the words of the national authorisation specification: `subject` of a decision's input. */
export interface AuthorisationSubject {
  readonly client_id: string;
  readonly scope: string;
  readonly organization_ura?: string;
  readonly organization_facility_type?: string;
  readonly user_id?: string;
  readonly user_role?: string;
  readonly purpose_of_use?: string;
  readonly treatment_relation?: string;
  readonly delegate_id?: string;
  readonly delegate_role?: string;
  readonly patient_bound?: true;
  readonly emergency_access?: string;
  readonly emergency_until?: number;
}

export function toAuthorisationSubject(identity: VerifiedIdentity): AuthorisationSubject {
  const { organisation, professional, delegate, purposeOfUse, treatmentRelation, emergency } = identity;
  return {
    client_id: identity.clientId,
    scope: [...identity.scopes].join(' '),
    ...(organisation === undefined ? {} : { organization_ura: organisation.ura }),
    ...(organisation?.facilityType === undefined
      ? {}
      : { organization_facility_type: organisation.facilityType }),
    ...(professional === undefined ? {} : { user_id: professional.id, user_role: professional.roleCode }),
    ...(purposeOfUse === undefined ? {} : { purpose_of_use: purposeOfUse }),
    ...(treatmentRelation === undefined ? {} : { treatment_relation: treatmentRelation }),
    ...(delegate === undefined ? {} : { delegate_id: delegate.id, delegate_role: delegate.roleCode }),
    ...(identity.patientBinding === undefined ? {} : { patient_bound: true as const }),
    ...(emergency === undefined ? {} : { emergency_access: emergency.id, emergency_until: emergency.until }),
  };
}
