/** The policies that this holder applies. */
export const DECISION_POINT = Symbol('record.decision-point');
/** Where consent is asked. */
export const CONSENT_REGISTER = Symbol('record.consent-register');
/** Opens what patient a token is for; reads its secret when there is something to open. */
export const PATIENT_BINDING = Symbol('record.patient-binding');
