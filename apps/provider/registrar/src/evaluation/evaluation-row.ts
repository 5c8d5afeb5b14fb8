import type { PatientKey, Ura } from '@samenhang/data-model';

/** An answered evaluation of one patient, in the registrar's keeping until it is used. */
export interface KeptEvaluation {
  readonly requestId: string;
  readonly sealedFactor: Buffer;
  /** Sealed by the pseudonymisation service for the index. */
  readonly token: string;
}

/** What a blind factor is sealed to: it fits no other patient and no other request. */
export function nameOfEvaluation(tenant: Ura, patientKey: PatientKey, requestId: string): string {
  return `${tenant}|${patientKey}|evaluation ${requestId}`;
}
